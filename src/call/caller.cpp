// SPDX-License-Identifier: Apache-2.0
#include "call/caller.h"

namespace wakeline::call {

namespace {

constexpr net::Duration kReminder = std::chrono::minutes(1);

} // namespace

Caller::Caller(Context& context, Owner& owner, Reply reply, std::string contact, bool reliable_required)
    : context_(context), owner_(owner), reply_(std::move(reply)), contact_(std::move(contact)),
      reliable_required_(reliable_required), provisionals_(1), reminder_(context.timers) {
    context_.invites.add(reply_.tx(), *this);
    remind();
}

Caller::~Caller() { context_.invites.remove(reply_.tx()); }

void Caller::ring(int status) {
    if (final_ != 0 || rings_reliably()) return;
    own_status_ = status;
    early_ = true;
    if (reliable_required_) return send_own_reliably(own_provisional());
    context_.transactions.respond(reply_.tx(), own_provisional());
    remind();
}

/// Made anew each time: a call that is held is one of thousands, and keeps what it must.
sip::Builder Caller::own_provisional() const {
    sip::Builder provisional = reply_.build(own_status_);
    provisional.add("Contact", contact_);
    return provisional;
}

void Caller::send_own_reliably(sip::Builder ringing) {
    ringing.add("Require", "100rel").add("RSeq", std::to_string(provisionals_.add_own()));
    context_.transactions.respond(reply_.tx(), ringing);
    ringing_ = std::make_unique<Repeater>(context_.timers);
    ringing_->start([this, ringing] { context_.transactions.respond(reply_.tx(), ringing); },
                    [this] { owner_.on_caller_silent("PRACK"); });
    remind();
}

void Caller::progress(const Progress& progress) {
    if (final_ != 0) return;
    sip::Builder response = reply_.build(progress.status, progress.reason);
    response.add("Contact", contact_);
    if (progress.reliable) {
        const auto rseq = provisionals_.relay(*progress.reliable);
        if (!rseq) return;
        response.add("RSeq", std::to_string(*rseq));
    }
    progress.relayed.add_to(response);
    if (!progress.sdp.empty()) progress.relayed.put_sdp(response, progress.sdp);
    early_ = true;
    context_.transactions.respond(reply_.tx(), response);
    if (!progress.reliable) last_ = std::make_unique<sip::Builder>(std::move(response));
    remind();
}

/// Before the first 1xx there is nothing to repeat but the news that we are still at it.
void Caller::remind() {
    reminder_.arm(kReminder, [this] {
        if (own_status_ == 0) own_status_ = 183;
        early_ = true;
        if (last_)
            context_.transactions.respond(reply_.tx(), *last_);
        else if (!rings_reliably())
            context_.transactions.respond(reply_.tx(), own_provisional());
        remind();
    });
}

void Caller::finish(int status) {
    final_ = status;
    reminder_.cancel();
    if (ringing_) ringing_->stop();
    last_.reset();
    context_.invites.remove(reply_.tx());
}

void Caller::accept(int status, const std::string& reason, const Relayed& relayed, const std::string& sdp) {
    if (final_ != 0) return;
    sip::Builder response = reply_.build(status, reason);
    response.add("Contact", contact_);
    relayed.add_to(response);
    if (!sdp.empty()) relayed.put_sdp(response, sdp);
    finish(status);
    success_ = std::make_unique<sip::SuccessRepeater>(context_.timers, context_.transactions);
    success_->start(reply_.tx(), std::move(response), [this] { owner_.on_caller_silent("ACK"); });
}

void Caller::refuse(int status, const std::string& reason, const Relayed& relayed) {
    if (final_ != 0) return;
    sip::Builder response = reply_.build(status, reason);
    relayed.add_to(response);
    finish(status);
    context_.transactions.respond(reply_.tx(), response);
}

bool Caller::on_ack(std::uint32_t cseq) {
    if (cseq != reply_.cseq() || final_ < 200 || final_ >= 300 || acknowledged_) return false;
    acknowledged_ = true;
    success_.reset(); // the call goes on for long
    return true;
}

std::optional<Provisionals::Acknowledged> Caller::on_prack(const RAck& rack) {
    if (rack.method != "INVITE" || rack.cseq != reply_.cseq()) return std::nullopt;
    const auto acknowledged = provisionals_.acknowledge(rack.rseq);
    if (acknowledged && acknowledged->own && ringing_) ringing_->stop();
    return acknowledged;
}

void Caller::on_cancel(const sip::Message& cancel) {
    owner_.on_caller_cancelled(cancel.header("Reason").value_or(""));
}

void Caller::on_lost() { owner_.on_caller_cancelled({}); }

} // namespace wakeline::call

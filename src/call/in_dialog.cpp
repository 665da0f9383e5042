// SPDX-License-Identifier: Apache-2.0
#include "call/in_dialog.h"

#include "call/multipart.h"

#include <algorithm>

namespace wakeline::call {

namespace {

constexpr std::size_t kMostRelays = 32; // of one call at a time

bool has_sdp(const sip::Message& message) { return !sdp_of(message).empty(); }

} // namespace

InDialog::InDialog(Context& context, LegPair& legs) : context_(context), legs_(legs) {}

InDialog::~InDialog() = default;

void InDialog::relay(Leg& from, Leg& to, sip::ServerTx tx, const sip::Message& request, std::string rack) {
    if (const int status = conflict(from, to, request)) return refuse(tx, request, status);
    const Relay::Parts parts{context_, legs_, *this};
    std::unique_ptr<Relay> relay;
    if (request.method() == "INVITE")
        relay = std::make_unique<InviteRelay>(parts, from, to, tx, request);
    else
        relay = std::make_unique<Relay>(parts, from, to, tx, request);
    Relay& started = *relay;
    relays_.push_back(std::move(relay));
    if (!started.start(from, to, request, std::move(rack))) return on_relay_done(started);
    if (started.waiting()) wake(to);
}

bool InDialog::wakes(const Leg& to) const { return legs_.wakes(to) && PhoneWake::possible(context_, to); }

void InDialog::wake(const Leg& to) {
    if (wake_ && !wake_->over() && wake_->leg() == to.id()) return;
    wake_ = std::make_unique<PhoneWake>(context_, to, legs_.on_waking(to), [this, leg = to.id()] {
        for (Relay* relay : waiting(leg))
            relay->give_up(480);
    });
}

std::vector<Relay*> InDialog::waiting(LegId leg) const {
    std::vector<Relay*> all;
    for (const auto& relay : relays_)
        if (relay->to() == leg && relay->waiting()) all.push_back(relay.get());
    return all;
}

void InDialog::on_moved(Leg& leg) {
    if (!wake_ || wake_->leg() != leg.id() || !leg.reachable()) return;
    wake_.reset();
    for (Relay* relay : waiting(leg.id()))
        if (relay->waiting()) relay->resume(leg);
}

int InDialog::conflict(const Leg& from, const Leg& to, const sip::Message& request) {
    if (relays_.size() >= kMostRelays) return 503;
    if (!to.reachable() && !wakes(to)) return 480;
    const bool invite = request.method() == "INVITE";
    for (const auto& relay : relays_) {
        if (!invite || !relay->is_invite() || !relay->pending()) continue;
        if (relay->from() == from.id()) return 500;
        if (relay->to() == from.id()) return 491;
    }
    const OfferAnswer* media = legs_.media(from, to);
    if (media != nullptr && media->offered_by() && (invite || request.method() == "UPDATE") &&
        (invite || has_sdp(request)))
        return *media->offered_by() == from.media_side() ? 500 : 491;
    return 0;
}

void InDialog::refuse(sip::ServerTx tx, const sip::Message& request, int status) {
    Relayed extra;
    if (status == 500) extra.set("Retry-After", "3"); // RFC 3261 14.2: 0 to 10 s
    if (status == 480 || status == 503) extra.set("Retry-After", "5");
    Reply(tx, request, {}).send(context_.transactions, status, {}, extra);
}

void InDialog::on_ack(const Leg& from, const sip::Message& ack) {
    const auto at = std::ranges::find_if(relays_, [&](const auto& relay) {
        return relay->is_invite() && relay->from() == from.id() && relay->cseq() == ack.cseq().number;
    });
    if (at != relays_.end()) (*at)->on_ack(ack);
}

void InDialog::drop(LegId leg) {
    std::vector<Relay*> affected;
    for (const auto& relay : relays_)
        if (relay->from() == leg || relay->to() == leg) affected.push_back(relay.get());
    for (Relay* relay : affected)
        relay->abort();
}

void InDialog::on_relay_done(const Relay& relay) {
    const auto at = std::ranges::find_if(relays_, [&](const auto& r) { return r.get() == &relay; });
    if (at == relays_.end()) return;
    context_.graveyard.bury(std::move(*at));
    relays_.erase(at);
    if (wake_ && !wake_->over() && waiting(wake_->leg()).empty()) wake_.reset();
}

} // namespace wakeline::call

// SPDX-License-Identifier: Apache-2.0
#include "call/relay.h"

#include "call/multipart.h"

namespace wakeline::call {

namespace {

constexpr net::Duration kTimerM = std::chrono::seconds(32);

} // namespace

InviteRelay::InviteRelay(const Parts& parts, Leg& from, Leg& to, sip::ServerTx tx,
                         const sip::Message& request)
    : Relay(parts, from, to, tx, request), success_(context().timers, context().transactions),
      linger_(context().timers) {
    context().invites.add(reply_.tx(), *this);
}

InviteRelay::~InviteRelay() { context().invites.remove(reply_.tx()); }

void InviteRelay::on_cancel(const sip::Message& cancel) {
    if (waiting()) return give_up(487);
    outgoing_.cancel(cancel.header("Reason").value_or(""));
}

void InviteRelay::on_lost() {
    if (waiting()) return give_up(487);
    outgoing_.cancel({});
}

void InviteRelay::on_response(Outgoing& outgoing, const sip::Message& response) {
    const bool repeated = !pending() && response.status() >= 200 && response.status() < 300;
    if (!repeated) return Relay::on_response(outgoing, response);
    Leg* to = legs().leg(to_);
    if (to != nullptr && (!late_offer_ || acknowledged_)) to->send_ack(outgoing_.cseq(), ack_sdp_);
}

void InviteRelay::on_success(const sip::Message& response) {
    Leg* to = legs().leg(to_);
    Leg* from = legs().leg(from_);
    if (to == nullptr || from == nullptr) return done();
    to->dialog().refresh_target(response);

    OfferAnswer* session = legs().media(*from, *to);
    std::string sdp;
    late_offer_ = carries_ == Sdp::None && !sdp_of(response).empty();
    if (session != nullptr && !sdp_of(response).empty()) {
        auto passed = late_offer_ ? session->offer(to->media_side(), sdp_of(response))
                                  : session->answer(to->media_side(), sdp_of(response));
        if (passed) sdp = *std::move(passed);
    }
    if (session != nullptr && carries_ == Sdp::Offer) session->rollback(); // unless answered just now
    if (!late_offer_) to->send_ack(outgoing_.cseq(), {});

    answered_ = true;
    success_.start(reply_.tx(), build_answer(response, *from, sdp), [this] {
        const LegId silent = from_;
        LegPair& told = legs();
        done();
        told.on_leg_lost(silent, "no ACK to re-INVITE");
    });
    legs().on_relayed(*from, what_, response.status(), {});
}

void InviteRelay::on_ack(const sip::Message& ack) {
    if (acknowledged_ || pending()) return;
    acknowledged_ = true;
    success_.stop();
    Leg* to = legs().leg(to_);
    const Leg* from = legs().leg(from_);
    if (late_offer_ && to != nullptr && from != nullptr) {
        OfferAnswer* session = legs().media(*from, *to);
        if (session != nullptr && !sdp_of(ack).empty()) {
            auto passed = session->answer(from->media_side(), sdp_of(ack));
            if (passed) ack_sdp_ = *std::move(passed);
        }
        if (session != nullptr) session->rollback();
        to->send_ack(outgoing_.cseq(), ack_sdp_);
    }
    linger_.arm(kTimerM, [this] { done(); });
}

} // namespace wakeline::call

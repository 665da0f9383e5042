// SPDX-License-Identifier: Apache-2.0
#include "call/relay.h"

#include <utility>

#include "base/text.h"
#include "call/challenge.h"
#include "call/media_refusal.h"
#include "call/media_security.h"
#include "call/multipart.h"
#include "call/refusal_text.h"

namespace wakeline::call {

namespace {

bool has_sdp(const sip::Message& message) { return !sdp_of(message).empty(); }

/// RFC 3261 12.2, RFC 3311, RFC 6665: a 2xx to these may bring a new Contact.
bool refreshes_target(std::string_view method) {
    return method == "INVITE" || method == "UPDATE" || method == "SUBSCRIBE" || method == "NOTIFY" ||
           method == "REFER";
}

/// What a re-INVITE or UPDATE is for, as an administrator would say it.
std::string purpose(const sip::Message& request) {
    if (!has_sdp(request)) return request.method() == "INVITE" ? "reinvite" : lower(request.method());
    const std::string_view sdp = sdp_of(request);
    const bool held = sdp.find("a=sendonly") != sdp.npos || sdp.find("a=inactive") != sdp.npos ||
                      sdp.find("c=IN IP4 0.0.0.0") != sdp.npos;
    return held ? "hold" : "resume";
}

} // namespace

Relay::Relay(const Parts& parts, Leg& from, Leg& to, sip::ServerTx tx, const sip::Message& request)
    : parts_(parts), from_(from.id()), to_(to.id()), reply_(tx, request, {}),
      outgoing_(parts.context.transactions, *this), what_(purpose(request)) {
    if (request.method() == "INVITE" || request.method() == "UPDATE") wish_ = SessionWish::of(request);
}

OfferAnswer* Relay::media() const {
    const Leg* from = legs().leg(from_);
    const Leg* to = legs().leg(to_);
    return from != nullptr && to != nullptr ? legs().media(*from, *to) : nullptr;
}

bool Relay::start(Leg& from, Leg& to, const sip::Message& request, std::string rack) {
    sip::Builder relayed = to.dialog().request(request.method());
    Relayed headers = legs().policy(to.side()).relay(request);
    if (request.method() == "INVITE") headers.remove_option("100rel");
    if (const LegSession* session = wish_ ? legs().session(to_) : nullptr) session->offer(headers);
    headers.add_to(relayed);
    if (const auto hops = request.max_forwards())
        relayed.set("Max-Forwards", std::to_string(*hops > 0 ? *hops - 1 : 0));
    if (!rack.empty()) relayed.set("RAck", rack);
    const auto sdp = take_sdp(from, to, request);
    if (!sdp) {
        refuse(sdp.error());
        return false;
    }
    if (!sdp->empty()) {
        tell_security(context().config, to.side(), *media(), *sdp, relayed);
        headers.put_sdp(relayed, *sdp);
    }
    if (to.reachable())
        to.send(outgoing_, std::move(relayed));
    else
        waiting_ = std::move(relayed);
    return true;
}

void Relay::resume(Leg& to) {
    sip::Builder request = *std::exchange(waiting_, std::nullopt);
    to.send(outgoing_, std::move(request));
}

void Relay::give_up(int status) {
    waiting_.reset();
    OfferAnswer* session = media();
    if (carries_ == Sdp::Offer && session != nullptr) session->rollback();
    if (!answered_) answer(status);
    done();
}

/// The SDP for the other side; empty when there is none to pass.
Result<std::string> Relay::take_sdp(Leg& from, Leg& to, const sip::Message& request) {
    const std::string_view method = request.method();
    OfferAnswer* media = legs().media(from, to);
    if (!has_sdp(request) || media == nullptr ||
        (method != "INVITE" && method != "UPDATE" && method != "PRACK"))
        return std::string();
    // A PRACK answers the offer of a reliable 1xx, if that had one (RFC 3262 section 5).
    const bool answers = method == "PRACK" && media->offered_by() == to.media_side();
    auto sdp = answers ? media->answer(from.media_side(), sdp_of(request))
                       : media->offer(from.media_side(), sdp_of(request));
    if (!sdp) return sdp;
    carries_ = answers ? Sdp::Answer : Sdp::Offer;
    return sdp;
}

/// A PBX whose connection was gone answers on another one: the ACK must go there.
void Relay::follow(sip::FlowId flow) {
    Leg* to = legs().leg(to_);
    if (to != nullptr && to->side() == sip::Side::Trunk && flow != 0) to->move_to(flow);
}

void Relay::abort() {
    if (pending()) answer(481);
    done();
}

void Relay::on_response(Outgoing&, const sip::Message& response) {
    const int status = response.status();
    follow(outgoing_.flow());
    if (status < 200 || answered_ || try_again(response)) return;
    LegSession* session_timer = wish_ ? legs().session(to_) : nullptr;
    if (status < 300) {
        if (session_timer != nullptr) session_timer->accepted(response);
        on_success(response);
    } else if (status == 422 && session_timer != nullptr) {
        give_up(outgoing_.cancelled() ? 487 : 500); // not his who asked: he may ask again
    } else {
        OfferAnswer* session = media();
        if (carries_ == Sdp::Offer && session != nullptr) session->rollback();
        answer(response, {});
        done();
    }
    const bool gone = status == 481 || status == 408;
    if (gone && (is_invite() || reply_.method() == "UPDATE"))
        legs().on_leg_lost(to_, std::to_string(status) + " to " + reply_.method());
}

/// A longer session (RFC 4028 7.4) and our own password are between us and that side.
bool Relay::try_again(const sip::Message& refusal) {
    Leg* to = legs().leg(to_);
    LegSession* session = wish_ ? legs().session(to_) : nullptr;
    const bool longer = refusal.status() == 422 && session != nullptr;
    if (longer) session->lengthen(refusal);
    if (to == nullptr || outgoing_.cancelled() || (!longer && !is_challenge(refusal))) return false;
    if (longer ? lengthened_ : authorized_) return false;
    const trunk::Trunk* trunk =
        to->side() == sip::Side::Trunk ? context().peers.find(to->party().name) : nullptr;
    sip::Builder again = outgoing_.request();
    if (longer) {
        lengthened_ = true;
        session->put(again);
    } else if (authorized_ = answer_challenge(trunk, refusal, again); !authorized_) {
        return false;
    }
    again = to->dialog().again(again);
    to->send(outgoing_, std::move(again));
    return true;
}

void Relay::on_failure(Outgoing&, sip::TxFailure why) {
    OfferAnswer* session = media();
    if (carries_ == Sdp::Offer && session != nullptr && !answered_) session->rollback();
    const bool lost = why == sip::TxFailure::Timeout && is_invite() && !may_return();
    if (!answered_) answer(lost ? 408 : 480);
    done();
    if (lost) legs().on_leg_lost(to_, "no answer to INVITE");
}

/// A phone between two networks is silent and not gone. 408 would end the call (RFC 5057 5.1).
bool Relay::may_return() const {
    const Leg* to = legs().leg(to_);
    return to != nullptr && legs().wakes(*to) && PhoneWake::possible(context(), *to);
}

void Relay::on_success(const sip::Message& response) {
    if (Leg* to = legs().leg(to_); to != nullptr && refreshes_target(reply_.method()))
        to->dialog().refresh_target(response);
    std::string sdp;
    OfferAnswer* session = media();
    const Leg* to = legs().leg(to_);
    if (carries_ == Sdp::Offer && session != nullptr && to != nullptr) {
        auto answered = has_sdp(response) ? session->answer(to->media_side(), sdp_of(response))
                                          : Result<std::string>(Error{ErrorCode::InvalidInput, "no answer"});
        if (answered)
            sdp = *std::move(answered);
        else
            session->rollback();
    }
    answer(response, sdp);
    done();
}

sip::Builder Relay::build_answer(const sip::Message& response, const Leg& from,
                                 const std::string& sdp) const {
    sip::Builder reply = reply_.build(response.status(), response.reason());
    if (response.status() < 300 && refreshes_target(reply_.method()))
        reply.add("Contact", from.party().contact);
    Relayed headers = legs().policy(from.side()).relay(response);
    LegSession* session = wish_ && response.status() < 300 ? legs().session(from_) : nullptr;
    if (session != nullptr) session->answer(*wish_, headers);
    headers.add_to(reply);
    if (sdp.empty()) return reply;
    if (const OfferAnswer* agreed = media())
        tell_security(context().config, from.side(), *agreed, sdp, reply);
    headers.put_sdp(reply, sdp);
    return reply;
}

void Relay::answer(const sip::Message& response, const std::string& sdp) {
    answered_ = true;
    const Leg* from = legs().leg(from_);
    if (from == nullptr) return;
    context().transactions.respond(reply_.tx(), build_answer(response, *from, sdp));
    legs().on_relayed(*from, what_, response.status(), response.status() < 300 ? "" : refusal_text(response));
}

/// An SDP of the side that asked is of no use.
void Relay::refuse(const Error& error) {
    answered_ = true;
    const Leg* from = legs().leg(from_);
    if (from == nullptr) return reply_.send(context().transactions, 488), void();
    Relayed why;
    why.set("Warning", media_warning(error.code, legs().policy(from->side()).hosts().domain()));
    reply_.send(context().transactions, 488, {}, why);
    context().log.info("media refused", {{"of", from->party().name}, {"in", what_}, {"why", error.message}});
    legs().on_relayed(*from, what_, 488, {});
}

void Relay::answer(int status) {
    answered_ = true;
    reply_.send(context().transactions, status);
    if (const Leg* from = legs().leg(from_)) legs().on_relayed(*from, what_, status, {});
}

} // namespace wakeline::call

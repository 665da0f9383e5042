// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "call/call.h"
#include "call/multipart.h"
#include "call/policy.h"

namespace wakeline::call {

const Leg* Call::opposite(LegId id) const {
    CallLegs& legs = const_cast<CallLegs&>(legs_);
    return id == CallLegs::kCaller ? legs.opposite() : &legs.caller();
}

void Call::on_dialog_request(LegId id, sip::ServerTx tx, sip::FlowId flow, const sip::Message& request) {
    Leg* from = legs_.find(id);
    const sip::FlowInfo* info = context_.transport.info(flow);
    const Reply reply(tx, request, {});
    if (phase_ == Phase::Ended || from == nullptr || info == nullptr || info->side != from->side() ||
        !from->may_come_on(flow)) {
        context_.counters.stray_requests.add();
        reply.send(context_.transactions, 481);
        return;
    }
    if (flow != from->dialog().flow()) move(*from, flow);
    if (from->dialog().accept(request) == sip::Dialog::Check::OutOfOrder) {
        reply.send(context_.transactions, 500);
        return;
    }
    if (request.method() == "BYE") return on_bye(*from, tx, request);
    if (request.method() == "PRACK") return on_prack(*from, tx, request);
    if (request.method() == "INVITE" && phase_ != Phase::Up) {
        reply.send(context_.transactions, 491);
        return;
    }
    Leg* to = id == CallLegs::kCaller ? legs_.opposite() : &legs_.caller();
    if (sessions_.takes(*from, to, tx, request)) return;
    if (to == nullptr) {
        reply.send(context_.transactions, 480);
        return;
    }
    in_dialog_.relay(*from, *to, tx, request);
}

void Call::move(Leg& leg, sip::FlowId flow) {
    leg.move_to(flow);
    const sip::FlowInfo* info = context_.transport.info(flow);
    if (info != nullptr && winner_ != nullptr)
        winner_->media().set_signalling(leg.media_side(), info->remote);
    in_dialog_.on_moved(leg);
    sessions_.on_moved(leg.id());
}

std::string Call::on_waking(const Leg& leg) {
    timeline_.note("woken", leg.party().name);
    return timeline_.id();
}

void Call::on_prack(Leg& from, sip::ServerTx tx, const sip::Message& request) {
    const auto rack = RAck::parse(request.header("RAck").value_or(""));
    const auto acknowledged = rack && from.id() == CallLegs::kCaller ? caller_.on_prack(*rack) : std::nullopt;
    if (acknowledged && acknowledged->own) {
        Reply(tx, request, {}).send(context_.transactions, 200);
        return;
    }
    Leg* to = acknowledged ? legs_.find(acknowledged->source.leg) : nullptr;
    const Branch* branch = to != nullptr ? legs_.branch_of(to->id()) : nullptr;
    if (branch == nullptr || branch->invite() == nullptr) {
        Reply(tx, request, {}).send(context_.transactions, 481);
        return;
    }
    in_dialog_.relay(from, *to, tx, request,
                     std::to_string(acknowledged->source.rseq) + ' ' +
                         std::to_string(branch->invite()->cseq()) + " INVITE");
}

void Call::on_bye(Leg& from, sip::ServerTx tx, const sip::Message& request) {
    Reply(tx, request, {}).send(context_.transactions, 200);
    const std::string who = from.party().name;
    timeline_.note("bye", who);
    if (phase_ != Phase::Setup) return close(&from, request.headers("Reason"), "hung up by " + who);
    if (from.id() == CallLegs::kCaller)
        return abandon(487, Outcome::Cancelled, "hung up by the caller before the answer",
                       request.header("Reason").value_or(""));
    Branch* branch = legs_.branch_of(from.id());
    if (branch == nullptr) return;
    branch->stop({});
    on_branch_dead(*branch, Ending::ours(480, Outcome::Rejected, "hung up before the answer"));
}

void Call::on_dialog_ack(LegId id, const sip::Message& ack) {
    if (phase_ == Phase::Ended) return;
    const bool first = id == CallLegs::kCaller && caller_.on_ack(ack.cseq().number);
    if (!first) {
        if (const Leg* from = legs_.find(id)) in_dialog_.on_ack(*from, ack);
        if (LegSession* timer = sessions_.find(id)) timer->on_ack(ack.cseq().number);
        return;
    }
    if (phase_ == Phase::Closing) {
        legs_.caller().send_bye(bye_reasons_);
        return end(record().status, Outcome::Answered, bye_why_);
    }
    phase_ = Phase::Up;
    if (!callee_ack_) take_late_answer(ack);
    if (phase_ == Phase::Up) count_security();
}

/// The offer was in the 2xx, so the answer is in the ACK (RFC 3261 13.2.1).
void Call::take_late_answer(const sip::Message& ack) {
    Leg* callee = legs_.opposite();
    if (callee == nullptr || winner_ == nullptr) return;
    auto answer = winner_->media().answer(legs_.caller().media_side(), sdp_of(ack));
    callee_ack_ = answer ? *answer : std::string();
    callee->send_ack(winner_->invite()->cseq(), *callee_ack_);
    if (!answer) close(nullptr, {}, "the ACK has no usable answer: " + answer.error().message);
}

OfferAnswer* Call::media(const Leg& from, const Leg& to) {
    Branch* branch = legs_.branch_of(from.id() == CallLegs::kCaller ? to.id() : from.id());
    return branch != nullptr ? &branch->media() : nullptr;
}

HeaderPolicy Call::policy(sip::Side toward) const {
    return policy_toward(context_, toward, hosts_, record().trunk);
}

void Call::on_leg_lost(LegId, const std::string& why) {
    if (phase_ == Phase::Answered || phase_ == Phase::Up) close(nullptr, {}, why);
}

void Call::on_session_over(LegId id, const std::string& why) {
    if (phase_ != Phase::Answered && phase_ != Phase::Up) return;
    context_.counters.session_timeouts.add();
    const Leg* leg = legs_.find(id);
    timeline_.note("session_expired", leg != nullptr ? leg->party().name : "", why);
    close(nullptr, {R"(SIP;cause=408;text="session expired")"}, why);
}

void Call::on_relayed(const Leg& from, const std::string& what, int status, const std::string& words) {
    if (status >= 200 && status < 300) note_security();
    if (what != "prack")
        timeline_.note(what, from.party().name, words.empty() ? std::to_string(status) : words);
}

void Call::on_media_timeout() {
    if (phase_ != Phase::Answered && phase_ != Phase::Up) return;
    context_.counters.media_timeouts.add();
    timeline_.note("media_timeout");
    close(nullptr, {R"(SIP;cause=408;text="media timeout")"}, "no media");
}

void Call::hang_up(const std::string& why, int status) {
    if (phase_ == Phase::Setup)
        return refuse(Ending::ours(status, Outcome::Refused, "ended by the SBC", why));
    if (phase_ == Phase::Answered || phase_ == Phase::Up) close(nullptr, {}, why);
}

void Call::drop_leg(LegId id) {
    in_dialog_.drop(id);
    legs_.remove(id);
}

void Call::close(const Leg* hung_up, std::vector<std::string> reasons, std::string why) {
    if (phase_ == Phase::Closing) return end(record().status, Outcome::Answered, std::move(why));
    if (Leg* callee = legs_.opposite(); callee != nullptr && callee != hung_up) {
        if (!callee_ack_ && winner_ != nullptr) callee->send_ack(winner_->invite()->cseq(), {});
        callee->send_bye(reasons);
    }
    if (&legs_.caller() == hung_up) return end(record().status, Outcome::Answered, std::move(why));
    if (phase_ == Phase::Answered) {
        phase_ = Phase::Closing;
        bye_reasons_ = std::move(reasons);
        bye_why_ = std::move(why);
        return;
    }
    legs_.caller().send_bye(reasons);
    end(record().status, Outcome::Answered, std::move(why));
}

void Call::end(int status, Outcome outcome, std::string why) {
    if (phase_ == Phase::Ended) return;
    phase_ = Phase::Ended;
    hold_.cancel();
    expires_.cancel();
    unanswered_.cancel();
    if (hunt_) hunt_->end();
    update_held();
    in_dialog_.drop(CallLegs::kCaller);
    sessions_.stop();
    context_.counters.active.add(-1);
    // A challenge is no call: the phone repeats its INVITE at once.
    const bool challenged = record().direction == Direction::FromPhone && (status == 401 || status == 407);
    const bool kept = !challenged && (!from_stranger() || outcome == Outcome::Answered);
    timeline_.ended(status, std::move(why), kept);
    if (!challenged) context_.counters.calls(record().direction, outcome).add();
    if (kept) keep_record();
    fork_.stop(nullptr, {});
    line_ = {};
    share_ = {};
    owner_.on_call_ended(*this);
}

/// Whom neither a REGISTER nor our digest vouches for. His attempts must not push the calls of others out of
/// the records and the log.
bool Call::from_stranger() const {
    return record().direction == Direction::FromPhone && legs_.caller().party().device == 0 &&
           context_.config.digest_end_to_end;
}

void Call::keep_record() {
    if (winner_ == nullptr || winner_->media().id() == 0) return context_.records.put(record());
    winner_->media().close([&records = context_.records, kept = record()](media::MediaStats stats) mutable {
        kept.media = std::move(stats);
        records.put(std::move(kept));
    });
}

} // namespace wakeline::call

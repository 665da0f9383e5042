// SPDX-License-Identifier: Apache-2.0
#include "call/session_timers.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace wakeline::call {

namespace {

/// Headers that say something of the sender's program, not of the call.
constexpr std::array<std::string_view, 10> kRoutine{
    "Accept", "Accept-Encoding", "Accept-Language",    "Allow", "Allow-Events", "Supported", "Require",
    "Date",   "Authorization",   "Proxy-Authorization"};

/// False for an UPDATE that tells a new identity (RFC 4916), or anything else that the far end should know.
bool only_refreshes(const sip::Message& request, const HeaderPolicy& policy) {
    if (request.method() != "UPDATE" || !request.body().empty()) return false;
    return std::ranges::all_of(policy.relay(request).headers, [](const auto& header) {
        return std::ranges::any_of(kRoutine, [&](auto name) { return iequals(name, header.first); });
    });
}

} // namespace

void SessionTimers::start_callee(const Leg& callee, LegId caller, const sip::Message& success) {
    callee_ = {callee.id(), std::make_unique<LegSession>(
                                LegSession::Parts{context_, legs_, owner_, callee.id(), caller, true})};
    callee_.session->accepted(success);
}

void SessionTimers::start_caller(const Leg& caller, LegId callee, const SessionWish& wish, Relayed& success) {
    caller_ = {caller.id(), std::make_unique<LegSession>(
                                LegSession::Parts{context_, legs_, owner_, caller.id(), callee, false})};
    caller_.session->answer(wish, success);
}

LegSession* SessionTimers::find(LegId leg) {
    if (caller_.leg == leg) return caller_.session.get();
    return callee_.leg == leg ? callee_.session.get() : nullptr;
}

bool SessionTimers::takes(const Leg& from, const Leg* to, sip::ServerTx tx, const sip::Message& request) {
    LegSession* session = find(from.id());
    const bool invite = request.method() == "INVITE";
    if (session == nullptr || (!invite && request.method() != "UPDATE")) return false;
    if (const auto least = context_.config.rules.least_session(); SessionWish::of(request).below(least)) {
        Relayed extra;
        extra.set("Min-SE", std::to_string(least.count()));
        Reply(tx, request, {}).send(context_.transactions, 422, {}, extra);
        return true;
    }
    if (only_refreshes(request, legs_.policy(to != nullptr ? to->side() : from.side()))) {
        answer_update(*session, from, tx, request);
        return true;
    }
    return invite && (to == nullptr || !to->reachable()) && session->answer_unchanged(tx, request);
}

void SessionTimers::answer_update(LegSession& session, const Leg& from, sip::ServerTx tx,
                                  const sip::Message& request) {
    Relayed headers;
    session.answer(SessionWish::of(request), headers);
    sip::Builder success = Reply(tx, request, {}).build(200);
    success.add("Contact", from.party().contact);
    headers.add_to(success);
    context_.transactions.respond(tx, success);
}

void SessionTimers::on_moved(LegId leg) {
    if (LegSession* session = find(leg)) session->on_moved();
}

void SessionTimers::stop() {
    context_.graveyard.bury(std::move(caller_.session));
    context_.graveyard.bury(std::move(callee_.session));
}

} // namespace wakeline::call

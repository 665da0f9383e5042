// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "call/leg_session.h"

namespace wakeline::call {

/// The session timers of a call that was answered: one for each of its legs, which never meet.
class SessionTimers {
public:
    SessionTimers(Context& context, LegPair& legs, LegSession::Owner& owner)
        : context_(context), legs_(legs), owner_(owner) {}

    /// The callee has accepted our INVITE.
    void start_callee(const Leg& callee, LegId caller, const sip::Message& success);
    /// We accept the caller's INVITE, which wished that.
    void start_caller(const Leg& caller, LegId callee, const SessionWish& wish, Relayed& success);
    /// Null when that leg has none (yet).
    LegSession* find(LegId leg);

    /// A re-INVITE or UPDATE that `to` need not see: 422, or it keeps the session alive and says nothing
    /// else. True when it has been answered here.
    bool takes(const Leg& from, const Leg* to, sip::ServerTx tx, const sip::Message& request);
    void on_moved(LegId leg);
    /// The call is over.
    void stop();

private:
    void answer_update(LegSession& session, const Leg& from, sip::ServerTx tx, const sip::Message& request);

    Context& context_;
    LegPair& legs_;
    LegSession::Owner& owner_;
    struct Entry {
        LegId leg = 0;
        std::unique_ptr<LegSession> session;
    } caller_, callee_;
};

} // namespace wakeline::call

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "call/phone_wake.h"
#include "call/relay.h"

namespace wakeline::call {

/// Carries requests inside dialogs from one leg to the opposite one and the answers back: re-INVITE, UPDATE,
/// INFO, REFER, NOTIFY, MESSAGE, OPTIONS, PRACK ... Each leg keeps its own names, CSeq and media. A phone
/// without a connection is woken, and what is meant for it waits (RFC 8599 section 6.2).
class InDialog final : private Relay::Owner {
public:
    InDialog(Context& context, LegPair& legs);
    ~InDialog();

    /// A request with a good source and CSeq that `to` shall see. `rack`: for PRACK, in the names of `to`.
    void relay(Leg& from, Leg& to, sip::ServerTx tx, const sip::Message& request, std::string rack = {});
    void on_ack(const Leg& from, const sip::Message& ack);
    /// That phone is back on another connection.
    void on_moved(Leg& leg);
    /// A leg is about to go: what waits for it is answered.
    void drop(LegId leg);

private:
    /// 0 when the request may go on, else the answer (RFC 3261 14.2, RFC 3311 5.2).
    int conflict(const Leg& from, const Leg& to, const sip::Message& request);
    void refuse(sip::ServerTx tx, const sip::Message& request, int status);
    bool wakes(const Leg& to) const;
    void wake(const Leg& to);
    std::vector<Relay*> waiting(LegId leg) const;
    void on_relay_done(const Relay& relay) override;

    Context& context_;
    LegPair& legs_;
    std::vector<std::unique_ptr<Relay>> relays_;
    std::unique_ptr<PhoneWake> wake_; // of the phone that the requests wait for
};

} // namespace wakeline::call

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "call/leg_pair.h"
#include "call/phone_wake.h"
#include "call/reply.h"
#include "call/session_expires.h"
#include "call/session_timer.h"
#include "sip/success_repeater.h"

namespace wakeline::call {

/// The session timer of one leg with its messages: what our requests and answers say of it, and the refreshes
/// that we send ourselves. The opposite leg has its own and hears nothing of this one.
class LegSession final : public Outgoing::User, private SessionTimer::Peer {
public:
    class Owner {
    public:
        virtual void on_session_over(LegId leg, const std::string& why) = 0;

    protected:
        ~Owner() = default;
    };
    struct Parts {
        Context& context;
        LegPair& legs;
        Owner& owner;
        LegId leg = 0, opposite = 0;
        bool ours = false; // we made the Call-ID of its dialog (RFC 3261 14.1)
    };

    explicit LegSession(const Parts& parts);
    ~LegSession();
    LegSession(const LegSession&) = delete;
    LegSession& operator=(const LegSession&) = delete;

    /// What our re-INVITE or UPDATE asks for.
    void offer(Relayed& headers) const;
    /// The same, instead of what that request says.
    void put(sip::Builder& request) const;
    /// Its 2xx to our INVITE or UPDATE.
    void accepted(const sip::Message& success);
    /// Our 2xx to its INVITE or UPDATE.
    void answer(const SessionWish& wish, Relayed& headers);
    /// It wants a longer session than we asked for (422).
    void lengthen(const sip::Message& refusal);

    /// A re-INVITE that changes nothing, while the opposite phone sleeps: answered here. False when it must
    /// be relayed all the same.
    bool answer_unchanged(sip::ServerTx tx, const sip::Message& request);
    void on_ack(std::uint32_t cseq);
    void on_moved();

    void on_response(Outgoing& request, const sip::Message& response) override;
    void on_failure(Outgoing& request, sip::TxFailure why) override;

private:
    // SessionTimer::Peer
    bool connected() const override;
    bool can_be_woken() const override;
    void refresh() override;
    void wake() override;
    void expire() override;

    std::chrono::seconds wished() const;
    sip::Builder begin(Leg& leg, std::string_view method) const;
    /// Nothing when there is no SDP to repeat.
    std::optional<sip::Builder> refreshing(Leg& leg) const;
    bool authorize(const sip::Message& challenge);
    void send(Leg& leg, sip::Builder request);
    void on_refreshed(const sip::Message& success);
    void on_refused(const sip::Message& failure);
    void rollback();
    OfferAnswer* media(const Leg& leg) const;
    net::Duration glare_pause() const;

    Parts parts_;
    SessionTimer timer_;
    std::chrono::seconds min_ = kShortestSession; // the largest Min-SE that it has named
    bool knows_update_ = false;                   // its Allow has UPDATE
    bool authorized_ = false;                     // this refresh has our password
    std::unique_ptr<Outgoing> refresh_;           // the last one: its 2xx may be repeated
    std::unique_ptr<PhoneWake> wake_;
    std::unique_ptr<sip::SuccessRepeater> success_; // of a re-INVITE answered here
    std::uint32_t answered_ = 0;                    // its CSeq
};

} // namespace wakeline::call

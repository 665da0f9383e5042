// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "call/leg_pair.h"
#include "call/leg_session.h"
#include "call/reply.h"
#include "sip/success_repeater.h"

namespace wakeline::call {

/// One request inside a dialog on its way to the opposite leg, until its answer is back.
class Relay : public Outgoing::User {
public:
    class Owner {
    public:
        /// The last thing it says. It is destroyed later.
        virtual void on_relay_done(const Relay& relay) = 0;

    protected:
        ~Owner() = default;
    };
    struct Parts {
        Context& context;
        LegPair& legs;
        Owner& owner;
    };

    Relay(const Parts& parts, Leg& from, Leg& to, sip::ServerTx tx, const sip::Message& request);
    virtual ~Relay() = default;
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    /// False when it was answered here instead.
    bool start(Leg& from, Leg& to, const sip::Message& request, std::string rack);
    virtual void on_ack(const sip::Message&) {}
    /// Ends it because a leg is gone.
    void abort();
    /// `to` was not reachable at the start, and is now.
    void resume(Leg& to);
    /// It waited in vain.
    void give_up(int status);

    LegId from() const noexcept { return from_; }
    LegId to() const noexcept { return to_; }
    std::uint32_t cseq() const noexcept { return reply_.cseq(); }
    virtual bool is_invite() const { return false; }
    /// The opposite phone has no connection: the request is kept for it.
    bool waiting() const noexcept { return waiting_.has_value(); }
    /// Nothing has been answered yet.
    bool pending() const noexcept { return !answered_; }

    void on_response(Outgoing& outgoing, const sip::Message& response) override;
    void on_failure(Outgoing& outgoing, sip::TxFailure why) override;

protected:
    enum class Sdp : std::uint8_t { None, Offer, Answer }; // what the request carries

    Context& context() const { return parts_.context; }
    LegPair& legs() const { return parts_.legs; }
    OfferAnswer* media() const;
    /// The final answer for the side that asked.
    sip::Builder build_answer(const sip::Message& response, const Leg& from, const std::string& sdp) const;
    void answer(const sip::Message& response, const std::string& sdp);
    void answer(int status);
    void refuse(const Error& error);
    virtual void on_success(const sip::Message& response);
    void done() { parts_.owner.on_relay_done(*this); }

    Parts parts_;
    LegId from_, to_;
    Reply reply_;
    Outgoing outgoing_;
    std::string what_; // method, or "hold" ...
    Sdp carries_ = Sdp::None;
    std::optional<SessionWish> wish_; // of a request that may refresh the session
    bool answered_ = false, lengthened_ = false, authorized_ = false;
    std::optional<sip::Builder> waiting_;

private:
    void follow(sip::FlowId flow);
    /// Sends it once more in the form that the refusal asks for. False when that cannot help.
    bool try_again(const sip::Message& refusal);
    bool may_return() const;
    Result<std::string> take_sdp(Leg& from, Leg& to, const sip::Message& request);
};

/// A re-INVITE: its 2xx is acknowledged leg by leg, with the answer in the ACK when the offer was in the 2xx.
class InviteRelay final : public Relay, public ServedInvite {
public:
    InviteRelay(const Parts& parts, Leg& from, Leg& to, sip::ServerTx tx, const sip::Message& request);
    ~InviteRelay() override;

    bool is_invite() const override { return true; }
    void on_ack(const sip::Message& ack) override;
    void on_cancel(const sip::Message& cancel) override;
    void on_lost() override;
    void on_response(Outgoing& outgoing, const sip::Message& response) override;

private:
    void on_success(const sip::Message& response) override;

    sip::SuccessRepeater success_;
    net::Timer linger_; // for repetitions of the other side's 2xx
    std::string ack_sdp_;
    bool late_offer_ = false, acknowledged_ = false;
};

} // namespace wakeline::call

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sip/invite_client_table.h"

namespace wakeline::sip {

/// Drives one INVITE client transaction. Holds no socket and reads no clock:
/// what comes in are responses and timer calls, what goes out goes to the Owner.
class InviteClient {
public:
    using State = invite_client::State;
    enum class Failure { Timeout, Transport };

    class Owner {
    public:
        virtual void send_request() = 0;
        virtual void send_ack() = 0;
        virtual void deliver(int status) = 0;
        virtual void failed(Failure why) = 0;
        /// Always the last call. Do not destroy the transaction here: defer it.
        virtual void terminated() = 0;

    protected:
        ~Owner() = default;
    };

    InviteClient(net::TimerQueue& queue, Owner& owner, bool reliable);

    void start();
    void on_response(int status);
    void on_transport_error();

    State state() const noexcept { return state_; }

private:
    using Event = invite_client::Event;
    using Action = invite_client::Action;

    void handle(Event event, int status);
    void enter(State next);
    void arm(net::Timer& timer, std::optional<net::Duration> delay, Event event);
    void run(Action action, int status);

    Owner& owner_;
    const bool reliable_;
    State state_ = State::Calling;
    net::Duration resend_after_ = invite_client::kT1;
    net::Timer timer_a_, timer_b_, timer_d_, timer_m_;
};

} // namespace wakeline::sip

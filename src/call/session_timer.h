// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call/session_timer_table.h"
#include "net/timer.h"

namespace wakeline::call {

/// Applies call/session_timer_table.h to one leg. Knows no message: what is to be done it asks of its peer.
class SessionTimer {
public:
    using State = session_timer::State;

    /// What it needs of the leg.
    class Peer {
    public:
        virtual bool connected() const = 0;
        virtual bool can_be_woken() const = 0;
        /// Send a refresh; then one of the events below.
        virtual void refresh() = 0;
        /// Then `back` or `lost`.
        virtual void wake() = 0;
        /// The last thing that it asks.
        virtual void expire() = 0;

    protected:
        ~Peer() = default;
    };

    SessionTimer(net::TimerQueue& timers, Peer& peer);

    /// A 2xx has agreed on that: the session lives for another `interval`.
    void agreed(std::chrono::seconds interval, bool we_refresh);
    /// Our refresh was refused, and may be tried again after `pause`.
    void refused(net::Duration pause);
    void lost() { handle(Event::Lost); }
    void back() { handle(Event::Back); }

    State state() const noexcept { return state_; }
    /// 0 before the first agreement.
    std::chrono::seconds interval() const noexcept { return interval_; }

private:
    using Event = session_timer::Event;

    void handle(Event event);
    void on_limit();

    Peer& peer_;
    State state_ = State::Off;
    std::chrono::seconds interval_{};
    net::Duration pause_{};
    net::Timer turn_;  // of the state: half time, or the pause
    net::Timer limit_; // of the session: from one agreement to the next
};

} // namespace wakeline::call

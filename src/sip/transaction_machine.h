// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>

#include "base/fsm.h"
#include "net/timer.h"
#include "sip/timing.h"

namespace wakeline::sip {

template <class Event>
struct Alarm {
    Event event;
    net::Duration after;
};

/// The timers of one state: at most one that sends something again, and one that ends the wait.
template <class Event>
struct Alarms {
    std::optional<Alarm<Event>> resend{}, end{};
};

/// Applies the rules of one of the four transactions (`*_table.h`): a table, and the timers of each state.
/// Entering a state starts its timers and stops those of the last one; a timer that both have runs on. A
/// state whose end is due after no time at all (RFC 3261: "zero seconds for reliable transports") is over at
/// once.
template <class Rules>
class TransactionMachine {
public:
    using State = typename Rules::State;
    using Event = typename Rules::Event;
    using Action = typename Rules::Action;

    class Owner {
    public:
        /// May call anything but what destroys the machine.
        virtual void run(Action action) = 0;
        /// Always the last call, in which the machine may be destroyed.
        virtual void terminated() = 0;

    protected:
        ~Owner() = default;
    };

    TransactionMachine(net::TimerQueue& queue, Owner& owner, const Timing& timing, bool reliable)
        : owner_(owner), timing_(timing), reliable_(reliable), resend_(queue), end_(queue) {}

    /// The request is on its way, or has arrived: starts the timers of the first state.
    void start() { arm({}, Rules::alarms(state_, timing_, reliable_)); }

    /// What the table does not list for this state changes nothing, and is told as false.
    bool handle(Event event) {
        const auto row = fsm::find(Rules::kTable, state_, event);
        if (!row) return false;
        if (row->to != state_)
            enter(row->to);
        else
            repeat(event);
        owner_.run(row->run);
        finish();
        return true;
    }

    /// A send failed inside a call of the user's, who is told as soon as that call is over.
    void handle_later(Event event) {
        resend_.arm(net::Duration::zero(), [this, event] { handle(event); });
    }

    State state() const noexcept { return state_; }

private:
    void enter(State next) {
        const auto before = Rules::alarms(state_, timing_, reliable_);
        state_ = next;
        arm(before, Rules::alarms(next, timing_, reliable_));
    }

    void arm(const Alarms<Event>& before, const Alarms<Event>& now) {
        if (now.resend) {
            if (!before.resend || before.resend->event != now.resend->event) resend_in(*now.resend);
        } else {
            resend_.cancel();
        }
        const bool runs_on = before.end && now.end && before.end->event == now.end->event;
        if (!runs_on) end_.cancel();
        if (!runs_on && now.end && now.end->after > net::Duration::zero())
            end_.arm(now.end->after, [this, event = now.end->event] { handle(event); });
    }

    void resend_in(Alarm<Event> alarm) {
        interval_ = alarm.after;
        resend_.arm(interval_, [this, event = alarm.event] { handle(event); });
    }

    void repeat(Event event) {
        const auto resend = Rules::alarms(state_, timing_, reliable_).resend;
        if (!resend || resend->event != event) return;
        resend_in({event, Rules::next_interval(state_, interval_, timing_)});
    }

    void finish() {
        if (state_ == Rules::kLast) return owner_.terminated();
        const auto end = Rules::alarms(state_, timing_, reliable_).end;
        if (end && end->after <= net::Duration::zero()) handle(end->event);
    }

    Owner& owner_;
    const Timing& timing_;
    const bool reliable_;
    State state_ = Rules::kFirst;
    net::Duration interval_{};
    net::Timer resend_, end_;
};

/// True when each state waits for exactly the timers that the table handles there, with and without a
/// reliable transport: no timer that nobody hears, no state that waits for a timer nobody starts.
template <class Rules>
consteval bool timers_match_table() {
    for (const bool reliable : {false, true}) {
        for (const auto& row : Rules::kTable) {
            const auto alarms = Rules::alarms(row.in, Timing{}, reliable);
            for (const auto& alarm : {alarms.resend, alarms.end})
                if (alarm && !fsm::find(Rules::kTable, row.in, alarm->event)) return false;
            if (std::ranges::find(Rules::kTimers, row.on) == Rules::kTimers.end()) continue;
            const auto resend = Rules::alarms(row.in, Timing{}, /*reliable=*/false).resend;
            const bool repeats = resend && resend->event == row.on; // timers A, E and G exist on UDP alone
            if (!repeats && (!alarms.end || alarms.end->event != row.on)) return false;
        }
    }
    return !Rules::alarms(Rules::kLast, Timing{}, false).end;
}

} // namespace wakeline::sip

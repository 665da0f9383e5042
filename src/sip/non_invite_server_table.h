// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "sip/transaction_machine.h"

/// Non-INVITE server transaction: RFC 3261 section 17.2.2.
namespace wakeline::sip::non_invite_server {

enum class State : std::uint8_t { Trying, Proceeding, Completed, Terminated };

enum class Event : std::uint8_t {
    Request,     // the request again
    Provisional, // 1xx from the user
    Final,       // 2xx to 6xx from the user
    TimerJ,      // no more retransmitted requests to absorb
    TransportError,
};

enum class Action : std::uint8_t { None, Send, Resend };

constexpr auto make_table() {
    using enum State;
    using enum Event;
    using enum Action;
    using Row = fsm::Row<State, Event, Action>;
    // clang-format off
    return std::to_array<Row>({
        {Trying,     Request,        Trying,     None}, // absorbed: there is nothing to say yet
        {Trying,     Provisional,    Proceeding, Send},
        {Trying,     Final,          Completed,  Send},
        {Trying,     TransportError, Terminated, None},

        {Proceeding, Request,        Proceeding, Resend},
        {Proceeding, Provisional,    Proceeding, Send},
        {Proceeding, Final,          Completed,  Send},
        {Proceeding, TransportError, Terminated, None},

        {Completed,  Request,        Completed,  Resend},
        {Completed,  TransportError, Terminated, None},
        {Completed,  TimerJ,         Terminated, None},
    });
    // clang-format on
}

struct Rules {
    using State = non_invite_server::State;
    using Event = non_invite_server::Event;
    using Action = non_invite_server::Action;

    static constexpr auto kTable = make_table();
    static constexpr auto kFirst = State::Trying, kLast = State::Terminated;
    static constexpr std::array kTimers{Event::TimerJ};

    static constexpr Alarms<Event> alarms(State state, const Timing& timing, bool reliable) {
        if (state != State::Completed) return {};
        const net::Duration after = reliable ? net::Duration::zero() : timing.timeout();
        return {.end = Alarm<Event>{Event::TimerJ, after}};
    }

    static constexpr net::Duration next_interval(State, net::Duration last, const Timing&) { return last; }
};

static_assert(fsm::deterministic(Rules::kTable));
static_assert(fsm::always_ends(Rules::kTable, State::Terminated));
static_assert(timers_match_table<Rules>());

} // namespace wakeline::sip::non_invite_server

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "sip/transaction_machine.h"

/// Non-INVITE client transaction: RFC 3261 section 17.1.2.
namespace wakeline::sip::non_invite_client {

enum class State : std::uint8_t { Trying, Proceeding, Completed, Terminated };

enum class Event : std::uint8_t {
    Provisional, // 1xx
    Final,       // 2xx to 6xx
    TimerE,      // retransmit the request
    TimerF,      // no final response
    TimerK,      // no more retransmitted responses to absorb
    TransportError,
};

enum class Action : std::uint8_t { None, Deliver, Resend, ReportTimeout, ReportTransport };

constexpr auto make_table() {
    using enum State;
    using enum Event;
    using enum Action;
    using Row = fsm::Row<State, Event, Action>;
    // clang-format off
    return std::to_array<Row>({
        {Trying,     Provisional,    Proceeding, Deliver},
        {Trying,     Final,          Completed,  Deliver},
        {Trying,     TimerE,         Trying,     Resend},
        {Trying,     TimerF,         Terminated, ReportTimeout},
        {Trying,     TransportError, Terminated, ReportTransport},

        {Proceeding, Provisional,    Proceeding, Deliver},
        {Proceeding, Final,          Completed,  Deliver},
        {Proceeding, TimerE,         Proceeding, Resend},
        {Proceeding, TimerF,         Terminated, ReportTimeout},
        {Proceeding, TransportError, Terminated, ReportTransport},

        {Completed,  Final,          Completed,  None},
        {Completed,  TransportError, Terminated, None},
        {Completed,  TimerK,         Terminated, None},
    });
    // clang-format on
}

struct Rules {
    using State = non_invite_client::State;
    using Event = non_invite_client::Event;
    using Action = non_invite_client::Action;

    static constexpr auto kTable = make_table();
    static constexpr auto kFirst = State::Trying, kLast = State::Terminated;
    static constexpr std::array kTimers{Event::TimerE, Event::TimerF, Event::TimerK};

    static constexpr Alarms<Event> alarms(State state, const Timing& timing, bool reliable) {
        using Timer = Alarm<Event>;
        switch (state) {
        case State::Trying:
        case State::Proceeding:
            if (reliable) return {.end = Timer{Event::TimerF, timing.timeout()}};
            return {.resend = Timer{Event::TimerE, timing.t1}, .end = Timer{Event::TimerF, timing.timeout()}};
        case State::Completed:
            return {.end = Timer{Event::TimerK, reliable ? net::Duration::zero() : timing.t4}};
        case State::Terminated: return {};
        }
        return {};
    }

    static constexpr net::Duration next_interval(State state, net::Duration last, const Timing& timing) {
        return state == State::Proceeding ? timing.t2 : std::min(2 * last, timing.t2);
    }
};

static_assert(fsm::deterministic(Rules::kTable));
static_assert(fsm::always_ends(Rules::kTable, State::Terminated));
static_assert(timers_match_table<Rules>());

} // namespace wakeline::sip::non_invite_client

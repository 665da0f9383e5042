// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/fsm.h"
#include "net/timer.h"

/// INVITE client transaction: RFC 3261 section 17.1.1 as amended by RFC 6026,
/// which adds Accepted and Timer M so that late 2xx reach the transaction user.
namespace wakeline::sip::invite_client {

enum class State : std::uint8_t { Calling, Proceeding, Accepted, Completed, Terminated };

enum class Event : std::uint8_t {
    Provisional, // 1xx
    Success,     // 2xx
    Failure,     // 3xx to 6xx
    TimerA,      // retransmit the request
    TimerB,      // nobody answered
    TimerD,      // no more retransmitted failures to acknowledge
    TimerM,      // no more retransmitted 2xx to pass on
    TransportError,
};

enum class Action : std::uint8_t {
    None,
    Deliver,
    AckAndDeliver,
    Ack,
    Resend,
    ReportTimeout,
    ReportTransport
};

constexpr auto make_table() {
    using enum State;
    using enum Event;
    using enum Action;
    using Row = fsm::Row<State, Event, Action>;
    // clang-format off
    return std::to_array<Row>({
        {Calling,    Provisional,    Proceeding, Deliver},
        {Calling,    Success,        Accepted,   Deliver},
        {Calling,    Failure,        Completed,  AckAndDeliver},
        {Calling,    TimerA,         Calling,    Resend},
        {Calling,    TimerB,         Terminated, ReportTimeout},
        {Calling,    TransportError, Terminated, ReportTransport},

        {Proceeding, Provisional,    Proceeding, Deliver},
        {Proceeding, Success,        Accepted,   Deliver},
        {Proceeding, Failure,        Completed,  AckAndDeliver},

        {Accepted,   Success,        Accepted,   Deliver},
        {Accepted,   TimerM,         Terminated, None},

        {Completed,  Failure,        Completed,  Ack},
        {Completed,  TransportError, Terminated, ReportTransport},
        {Completed,  TimerD,         Terminated, None},
    });
    // clang-format on
}

inline constexpr auto kTable = make_table();

static_assert(fsm::deterministic(kTable));
static_assert(fsm::always_ends(kTable, State::Terminated));

inline constexpr net::Duration kT1 = std::chrono::milliseconds(500);

struct Timers {
    std::optional<net::Duration> a{}, b{}, d{}, m{};
};

/// Timers belong to states: entering one cancels every timer and starts these.
constexpr Timers timers_on_entry(State state, bool reliable) {
    using namespace std::chrono_literals;
    switch (state) {
    case State::Calling: return {.a = reliable ? std::nullopt : std::optional(kT1), .b = 64 * kT1};
    case State::Accepted: return {.m = 64 * kT1};
    case State::Completed: return {.d = reliable ? 0s : 32s};
    case State::Proceeding:
    case State::Terminated: return {};
    }
    return {};
}

/// A timer is armed in a state exactly when the table says what it does there.
/// Proceeding has none on purpose: how long to let it ring is the call layer's choice.
consteval bool timers_match_table() {
    for (State s :
         {State::Calling, State::Proceeding, State::Accepted, State::Completed, State::Terminated}) {
        const Timers t = timers_on_entry(s, /*reliable=*/false);
        const auto handled = [s](Event e) { return fsm::find(kTable, s, e).has_value(); };
        if (t.a.has_value() != handled(Event::TimerA) || t.b.has_value() != handled(Event::TimerB) ||
            t.d.has_value() != handled(Event::TimerD) || t.m.has_value() != handled(Event::TimerM))
            return false;
    }
    return true;
}
static_assert(timers_match_table());

} // namespace wakeline::sip::invite_client

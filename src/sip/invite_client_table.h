// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "sip/transaction_machine.h"

/// INVITE client transaction: RFC 3261 section 17.1.1 as amended by RFC 6026, which adds Accepted and Timer M
/// so that late 2xx reach the transaction user; and CANCEL (9.1), which must wait for a provisional response.
namespace wakeline::sip::invite_client {

enum class State : std::uint8_t {
    Calling,
    CancelPending, // Calling, to be cancelled as soon as a 1xx shows that the peer has the INVITE
    Proceeding,
    Cancelling, // Proceeding, with the CANCEL on its way
    Accepted,
    Completed,
    Terminated
};

enum class Event : std::uint8_t {
    Provisional, // 1xx
    Success,     // 2xx
    Failure,     // 3xx to 6xx
    Cancel,      // the user wants no answer any more
    TimerA,      // retransmit the request
    TimerB,      // nobody answered
    TimerD,      // no more retransmitted failures to acknowledge
    TimerM,      // no more retransmitted 2xx to pass on
    TimerCancel, // no final answer 64*T1 after the CANCEL (9.1)
    TransportError,
};

enum class Action : std::uint8_t {
    None,
    Deliver,
    AckAndDeliver,
    Ack,
    Resend,
    SendCancel,
    CancelAndDeliver,
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
        {Calling,       Provisional,    Proceeding,    Deliver},
        {Calling,       Success,        Accepted,      Deliver},
        {Calling,       Failure,        Completed,     AckAndDeliver},
        {Calling,       Cancel,         CancelPending, None},
        {Calling,       TimerA,         Calling,       Resend},
        {Calling,       TimerB,         Terminated,    ReportTimeout},
        {Calling,       TransportError, Terminated,    ReportTransport},

        {CancelPending, Provisional,    Cancelling,    CancelAndDeliver},
        {CancelPending, Success,        Accepted,      Deliver},
        {CancelPending, Failure,        Completed,     AckAndDeliver},
        {CancelPending, TimerA,         CancelPending, Resend},
        {CancelPending, TimerB,         Terminated,    ReportTimeout},
        {CancelPending, TransportError, Terminated,    ReportTransport},

        {Proceeding,    Provisional,    Proceeding,    Deliver},
        {Proceeding,    Success,        Accepted,      Deliver},
        {Proceeding,    Failure,        Completed,     AckAndDeliver},
        {Proceeding,    Cancel,         Cancelling,    SendCancel},
        {Proceeding,    TransportError, Terminated,    ReportTransport},

        {Cancelling,    Provisional,    Cancelling,    Deliver},
        {Cancelling,    Success,        Accepted,      Deliver},
        {Cancelling,    Failure,        Completed,     AckAndDeliver},
        {Cancelling,    TimerCancel,    Terminated,    ReportTimeout},
        {Cancelling,    TransportError, Terminated,    ReportTransport},

        {Accepted,      Success,        Accepted,      Deliver},
        {Accepted,      TimerM,         Terminated,    None},

        {Completed,     Failure,        Completed,     Ack},
        {Completed,     TransportError, Terminated,    None},
        {Completed,     TimerD,         Terminated,    None},
    });
    // clang-format on
}

struct Rules {
    using State = invite_client::State;
    using Event = invite_client::Event;
    using Action = invite_client::Action;

    static constexpr auto kTable = make_table();
    static constexpr auto kFirst = State::Calling, kLast = State::Terminated;
    static constexpr std::array kTimers{Event::TimerA, Event::TimerB, Event::TimerD, Event::TimerM,
                                        Event::TimerCancel};

    /// Proceeding has none on purpose: how long to let it ring is the call layer's choice (Timer C is a
    /// proxy's).
    static constexpr Alarms<Event> alarms(State state, const Timing& timing, bool reliable) {
        using namespace std::chrono_literals;
        using Timer = Alarm<Event>;
        switch (state) {
        case State::Calling:
        case State::CancelPending:
            if (reliable) return {.end = Timer{Event::TimerB, timing.timeout()}};
            return {.resend = Timer{Event::TimerA, timing.t1}, .end = Timer{Event::TimerB, timing.timeout()}};
        case State::Cancelling: return {.end = Timer{Event::TimerCancel, timing.timeout()}};
        case State::Accepted: return {.end = Timer{Event::TimerM, timing.timeout()}};
        case State::Completed: return {.end = Timer{Event::TimerD, reliable ? 0s : 32s}};
        case State::Proceeding:
        case State::Terminated: return {};
        }
        return {};
    }

    static constexpr net::Duration next_interval(State, net::Duration last, const Timing&) {
        return 2 * last;
    }
};

static_assert(fsm::deterministic(Rules::kTable));
static_assert(fsm::always_ends(Rules::kTable, State::Terminated));
static_assert(timers_match_table<Rules>());

} // namespace wakeline::sip::invite_client

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "sip/transaction_machine.h"

/// INVITE server transaction: RFC 3261 section 17.2.1 as amended by RFC 6026, which adds Accepted and Timer L
/// so that a retransmitted INVITE is not a new call; and CANCEL (9.2), told to the user once.
namespace wakeline::sip::invite_server {

enum class State : std::uint8_t {
    Proceeding,
    Cancelled, // Proceeding, after a CANCEL
    Accepted,
    Completed,
    Confirmed,
    Terminated
};

enum class Event : std::uint8_t {
    Invite,      // the request again
    Cancel,      // from the peer
    Ack,         // from the peer, with the branch of the INVITE
    Provisional, // 1xx from the user
    Success,     // 2xx from the user
    Failure,     // 3xx to 6xx from the user
    TimerG,      // retransmit the failure
    TimerH,      // no ACK came
    TimerI,      // no more retransmitted ACKs to absorb
    TimerL,      // no more retransmitted INVITEs to absorb
    TransportError,
};

enum class Action : std::uint8_t {
    None,
    Send,
    Resend,
    DeliverCancel,
    DeliverAck,
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
        {Proceeding, Invite,         Proceeding, Resend},
        {Proceeding, Cancel,         Cancelled,  DeliverCancel},
        {Proceeding, Provisional,    Proceeding, Send},
        {Proceeding, Success,        Accepted,   Send},
        {Proceeding, Failure,        Completed,  Send},
        {Proceeding, TransportError, Terminated, ReportTransport},

        {Cancelled,  Invite,         Cancelled,  Resend},
        {Cancelled,  Provisional,    Cancelled,  Send},
        {Cancelled,  Success,        Accepted,   Send},
        {Cancelled,  Failure,        Completed,  Send},
        {Cancelled,  TransportError, Terminated, ReportTransport},

        {Accepted,   Invite,         Accepted,   None}, // RFC 6026 7.1: the user repeats its 2xx, not we
        {Accepted,   Success,        Accepted,   Send},
        {Accepted,   Ack,            Accepted,   DeliverAck}, // of peers that reuse the branch
        {Accepted,   TimerL,         Terminated, None},

        {Completed,  Invite,         Completed,  Resend},
        {Completed,  Ack,            Confirmed,  None},
        {Completed,  TimerG,         Completed,  Resend},
        {Completed,  TimerH,         Terminated, ReportTimeout},
        {Completed,  TransportError, Terminated, ReportTransport},

        {Confirmed,  Invite,         Confirmed,  None},
        {Confirmed,  Ack,            Confirmed,  None},
        {Confirmed,  TimerI,         Terminated, None},
    });
    // clang-format on
}

struct Rules {
    using State = invite_server::State;
    using Event = invite_server::Event;
    using Action = invite_server::Action;

    static constexpr auto kTable = make_table();
    static constexpr auto kFirst = State::Proceeding, kLast = State::Terminated;
    static constexpr std::array kTimers{Event::TimerG, Event::TimerH, Event::TimerI, Event::TimerL};

    static constexpr Alarms<Event> alarms(State state, const Timing& timing, bool reliable) {
        using Timer = Alarm<Event>;
        switch (state) {
        case State::Accepted: return {.end = Timer{Event::TimerL, timing.timeout()}};
        case State::Completed:
            if (reliable) return {.end = Timer{Event::TimerH, timing.timeout()}};
            return {.resend = Timer{Event::TimerG, timing.t1}, .end = Timer{Event::TimerH, timing.timeout()}};
        case State::Confirmed:
            return {.end = Timer{Event::TimerI, reliable ? net::Duration::zero() : timing.t4}};
        case State::Proceeding:
        case State::Cancelled:
        case State::Terminated: return {};
        }
        return {};
    }

    static constexpr net::Duration next_interval(State, net::Duration last, const Timing& timing) {
        return std::min(2 * last, timing.t2);
    }
};

static_assert(fsm::deterministic(Rules::kTable));
static_assert(fsm::always_ends(Rules::kTable, State::Terminated));
static_assert(timers_match_table<Rules>());

} // namespace wakeline::sip::invite_server

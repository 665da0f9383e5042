// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/fsm.h"
#include "call/config.h"

/// One device of a called user, from the INVITE of the caller to the device's answer. The device may be awake
/// (or look so), or asleep: then it is pushed and the INVITE held until it registers.
namespace wakeline::call::device_branch {

enum class State : std::uint8_t {
    New,
    Waking,    // pushed, or lost on the way: nothing is sent until it registers
    Probing,   // INVITE sent on a connection that looked alive; no response yet
    Doubtful,  // the same, and probe time has passed: pushed as well
    LastHope,  // the same, and the push failed, or there is none
    Delivered, // INVITE sent on the connection of a fresh REGISTER; no response yet
    Taken,     // 100 came: it has the call, and may be about to show it
    Alive,     // a 101-199 came
    Up,        // a 2xx came
    Gone,
};

enum class Event : std::uint8_t {
    Awake, // how the device looks when the call comes in
    Asleep,
    NoWay,
    Registered, // on a connection that our INVITE was not sent on
    Moved,      // the same, and the INVITE before had its probe time
    Trying,     // 100
    Provisional,
    Success,
    Failure,
    ProbeEnd,   // no response within `probe`
    Silent,     // the same, and the device cannot be pushed
    NoResponse, // within `no_response`
    NoRinging,  // within `no_ringing`; the device can be pushed in time
    NeverRang,  // the same, and it cannot
    PushFailed,
    SendFailed, // the connection broke, or 64*T1 went by without a response; the device can be pushed in time
    SendGone,   // the same, and it cannot
    HoldEnd,
    Stop, // cancelled, or another device answered
};

enum class Action : std::uint8_t {
    None,
    Invite,
    InviteAgain, // and give the one before up
    Push,
    CancelPush,
    FailUnreachable,
    FailPush,
    FailHold,
    FailSilent,
    FailMute,   // has the call, and does not show it
    FailAnswer, // the device's own final answer
    GiveUp,     // CANCEL, no push
};

constexpr auto make_table() {
    using enum State;
    using enum Event;
    using enum Action;
    using Row = fsm::Row<State, Event, Action>;
    // clang-format off
    return std::to_array<Row>({
        {New,       Awake,       Probing,   Invite},
        {New,       Asleep,      Waking,    Push},
        {New,       NoWay,       Gone,      FailUnreachable},
        {New,       Stop,        Gone,      GiveUp},

        {Waking,    Registered,  Delivered, Invite},
        {Waking,    PushFailed,  Gone,      FailPush},
        {Waking,    HoldEnd,     Gone,      FailHold},
        {Waking,    Stop,        Gone,      GiveUp},

        {Probing,   Trying,      Taken,     None},
        {Probing,   Provisional, Alive,     None},
        {Probing,   Success,     Up,        None},
        {Probing,   Failure,     Gone,      FailAnswer},
        {Probing,   ProbeEnd,    Doubtful,  Push},
        {Probing,   Silent,      LastHope,  None},
        {Probing,   Moved,       Delivered, InviteAgain},
        {Probing,   SendFailed,  Waking,    Push},
        {Probing,   SendGone,    Gone,      FailUnreachable},
        {Probing,   HoldEnd,     Gone,      FailHold},
        {Probing,   Stop,        Gone,      GiveUp},

        {Doubtful,  Trying,      Taken,     CancelPush},
        {Doubtful,  Provisional, Alive,     CancelPush},
        {Doubtful,  Success,     Up,        CancelPush},
        {Doubtful,  Failure,     Gone,      FailAnswer},
        {Doubtful,  Registered,  Delivered, InviteAgain},
        {Doubtful,  PushFailed,  LastHope,  None},
        {Doubtful,  SendFailed,  Waking,    None},
        {Doubtful,  SendGone,    Waking,    None},
        {Doubtful,  HoldEnd,     Gone,      FailHold},
        {Doubtful,  Stop,        Gone,      GiveUp},

        // The token is dead, the connection perhaps not.
        {LastHope,  Trying,      Taken,     None},
        {LastHope,  Provisional, Alive,     None},
        {LastHope,  Success,     Up,        None},
        {LastHope,  Failure,     Gone,      FailAnswer},
        {LastHope,  Registered,  Delivered, InviteAgain},
        {LastHope,  SendFailed,  Gone,      FailUnreachable},
        {LastHope,  SendGone,    Gone,      FailUnreachable},
        {LastHope,  HoldEnd,     Gone,      FailHold},
        {LastHope,  Stop,        Gone,      GiveUp},

        // No HoldEnd: the device is back, and has `no_response` to say something.
        {Delivered, Trying,      Taken,     CancelPush},
        {Delivered, Provisional, Alive,     CancelPush},
        {Delivered, Success,     Up,        CancelPush},
        {Delivered, Failure,     Gone,      FailAnswer},
        {Delivered, Moved,       Delivered, InviteAgain},
        {Delivered, NoResponse,  Gone,      FailSilent},
        {Delivered, SendFailed,  Waking,    Push},
        {Delivered, SendGone,    Gone,      FailUnreachable},
        {Delivered, Stop,        Gone,      GiveUp},

        // It may have lost its connection, or its life, before it showed the call.
        {Taken,     Trying,      Taken,     None},
        {Taken,     Provisional, Alive,     None},
        {Taken,     Success,     Up,        None},
        {Taken,     Failure,     Gone,      FailAnswer},
        {Taken,     Moved,       Delivered, InviteAgain},
        {Taken,     NoRinging,   Waking,    Push},
        {Taken,     NeverRang,   Gone,      FailMute},
        {Taken,     SendFailed,  Waking,    Push},
        {Taken,     SendGone,    Gone,      FailUnreachable},
        {Taken,     Stop,        Gone,      GiveUp},

        {Alive,     Trying,      Alive,     None},
        {Alive,     Provisional, Alive,     None},
        {Alive,     Success,     Up,        None},
        {Alive,     Failure,     Gone,      FailAnswer},
        // The phone has shown this call: a second INVITE would be a second call (SBC-NET-01).
        {Alive,     SendFailed,  Gone,      FailUnreachable},
        {Alive,     SendGone,    Gone,      FailUnreachable},
        {Alive,     Stop,        Gone,      GiveUp},

        {Up,        Stop,        Gone,      GiveUp},
    });
    // clang-format on
}

inline constexpr auto kTable = make_table();

static_assert(fsm::deterministic(kTable));
static_assert(fsm::always_ends(kTable, State::Gone));

struct Timers {
    std::optional<std::chrono::milliseconds> probe{}, no_response{};
};

/// Timers belong to states: entering one cancels both and starts these.
constexpr Timers timers_on_entry(State state, const HoldConfig& config) {
    switch (state) {
    case State::Probing: return {.probe = config.probe};
    case State::Delivered: return {.probe = config.probe, .no_response = config.no_response};
    case State::Taken: return {.no_response = config.no_ringing};
    case State::New:
    case State::Waking:
    case State::Doubtful:
    case State::LastHope:
    case State::Alive:
    case State::Up:
    case State::Gone: return {};
    }
    return {};
}

constexpr bool holds(State state) {
    return state == State::Waking || state == State::Probing || state == State::Doubtful ||
           state == State::LastHope;
}

/// The call's hold time ends every state that waits for a sleeping device, and no other.
consteval bool hold_end_matches_table() {
    for (State s : {State::New, State::Waking, State::Probing, State::Doubtful, State::LastHope,
                    State::Delivered, State::Taken, State::Alive, State::Up, State::Gone})
        if (holds(s) != fsm::find(kTable, s, Event::HoldEnd).has_value()) return false;
    return true;
}
static_assert(hold_end_matches_table());

} // namespace wakeline::call::device_branch

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "base/fsm.h"

/// One wish to wake a device, from the wish to its result.
namespace wakeline::push::wake {

enum class State : std::uint8_t { Authorizing, Sending, Pausing, Done };
enum class Event : std::uint8_t {
    Authorized,   // a credential is there
    Unauthorized, // and will not be
    Decided,      // the answer stands, or no further try is left
    TryAgain,     // the answer asks for another try, at once
    TryLater,     // the answer, or one to another wake, asks for a pause
    PauseOver,
    Deadline, // the call does not wait any longer
    Refused,  // the service refuses all of this app: another wake's answer said so
};
enum class Action : std::uint8_t { Authorize, Send, Pause, Report, StopAndReport };

constexpr auto make_table() {
    using enum State;
    using enum Event;
    using enum Action;
    using Row = fsm::Row<State, Event, Action>;
    // clang-format off
    return std::to_array<Row>({
        {Authorizing, Authorized,   Sending,     Send},
        {Authorizing, Unauthorized, Done,        Report},
        {Authorizing, TryLater,     Pausing,     Pause},
        {Authorizing, Deadline,     Done,        Report},
        {Authorizing, Refused,      Done,        Report},

        {Sending,     Decided,      Done,        Report},
        {Sending,     TryAgain,     Authorizing, Authorize},
        {Sending,     TryLater,     Pausing,     Pause},
        {Sending,     Deadline,     Done,        StopAndReport},
        {Sending,     Refused,      Done,        StopAndReport},

        {Pausing,     PauseOver,    Authorizing, Authorize},
        {Pausing,     Deadline,     Done,        Report},
        {Pausing,     Refused,      Done,        Report},
    });
    // clang-format on
}

inline constexpr auto kTable = make_table();

static_assert(fsm::deterministic(kTable));
static_assert(fsm::always_ends(kTable, State::Done));

} // namespace wakeline::push::wake

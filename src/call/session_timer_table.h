// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include "base/fsm.h"

/// The session timer of one leg (RFC 4028): who keeps it alive, and what happens when nobody does.
namespace wakeline::call::session_timer {

enum class State : std::uint8_t {
    Off,
    Ours,       // we refresh at half time
    Theirs,     // the peer does
    Refreshing, // our refresh has no answer yet
    Pausing,    // it was refused for now (491, 500 ...)
    Away,       // our turn, and the phone has no connection
    Waking,     // its time is nearly over: it is being woken
    Over,
};

enum class Event : std::uint8_t {
    WeRefresh,   // agreed in a 2xx, ours or the peer's
    TheyRefresh, // the same
    HalfTime,
    HalfTimeAway, // the same, and the phone has no connection
    Refused,      // our refresh, but the dialog lives
    Lost,         // the peer knows the dialog no longer, or says nothing
    PauseEnd,
    PauseEndAway,
    Limit,     // the session is about to expire
    LimitAway, // the same, and the phone can be woken
    Back,      // the phone has a connection again
};

enum class Action : std::uint8_t { None, Refresh, Wake, Expire };

constexpr auto make_table() {
    using enum State;
    using enum Event;
    using enum Action;
    using Row = fsm::Row<State, Event, Action>;
    // clang-format off
    return std::to_array<Row>({
        {Off,        WeRefresh,    Ours,       None},
        {Off,        TheyRefresh,  Theirs,     None},

        {Ours,       WeRefresh,    Ours,       None},
        {Ours,       TheyRefresh,  Theirs,     None},
        {Ours,       HalfTime,     Refreshing, Refresh},
        {Ours,       HalfTimeAway, Away,       None},

        {Theirs,     WeRefresh,    Ours,       None},
        {Theirs,     TheyRefresh,  Theirs,     None},
        {Theirs,     Limit,        Over,       Expire},
        // Either side may refresh at any time (section 10): a phone that sleeps through its turn is helped.
        {Theirs,     LimitAway,    Waking,     Wake},

        {Refreshing, WeRefresh,    Ours,       None},
        {Refreshing, TheyRefresh,  Theirs,     None},
        {Refreshing, Refused,      Pausing,    None},
        {Refreshing, Lost,         Over,       Expire},
        {Refreshing, Limit,        Over,       Expire},
        {Refreshing, LimitAway,    Waking,     Wake},

        {Pausing,    WeRefresh,    Ours,       None},
        {Pausing,    TheyRefresh,  Theirs,     None},
        {Pausing,    PauseEnd,     Refreshing, Refresh},
        {Pausing,    PauseEndAway, Away,       None},
        {Pausing,    Limit,        Over,       Expire},
        {Pausing,    LimitAway,    Waking,     Wake},

        {Away,       WeRefresh,    Ours,       None},
        {Away,       TheyRefresh,  Theirs,     None},
        {Away,       Back,         Refreshing, Refresh},
        {Away,       Limit,        Over,       Expire},
        {Away,       LimitAway,    Waking,     Wake},

        {Waking,     WeRefresh,    Ours,       None},
        {Waking,     TheyRefresh,  Theirs,     None},
        {Waking,     Back,         Refreshing, Refresh},
        {Waking,     Lost,         Over,       Expire},
        {Waking,     Limit,        Over,       Expire},
        {Waking,     LimitAway,    Over,       Expire},
    });
    // clang-format on
}

inline constexpr auto kTable = make_table();

static_assert(fsm::deterministic(kTable));
static_assert(fsm::always_ends(kTable, State::Over));

/// How long before its end a session is hung up (section 10).
constexpr std::chrono::seconds margin(std::chrono::seconds interval) {
    return std::min(std::chrono::seconds(32), interval / 3);
}

} // namespace wakeline::call::session_timer

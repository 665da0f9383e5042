// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/timer.h"

namespace wakeline::net {

/// Says when a busy thread should let its events gather: one turn for many of them costs fewer wake-ups,
/// system calls and cache misses than a turn for each, here and at the peers that it answers. An idle thread
/// answers at once.
class Pace {
public:
    /// `turn`: how far apart turns are under load, the most that an event waits for others.
    explicit Pace(Duration turn) : turn_(turn) {}

    /// Before a turn: how long to wait. `cpu`: the time that the thread has computed so far; asked rarely.
    Duration wait(TimePoint now, Duration (*cpu)());
    /// The next turn has enough to do: it does not wait.
    void more_waits() noexcept { more_waits_ = true; }
    bool gathering() const noexcept { return gathering_; }

private:
    void measure(TimePoint now, Duration cpu);

    Duration turn_;
    TimePoint last_turn_{}, measured_{};
    Duration cpu_{};
    bool gathering_ = false, more_waits_ = false;
};

} // namespace wakeline::net

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "fakes/fake_timers.h"
#include "simulation/behaviour.h"
#include "simulation/chance.h"
#include "simulation/ledger.h"
#include "simulation/trace.h"

namespace wakeline::simulation {

/// What everybody in a schedule shares: time, chance, and what is kept for the judgement.
struct Scene {
    Scene(std::uint64_t seed, bool printed) : chance(seed), trace(timers, printed), ledger(timers) {}

    test::FakeTimers timers;
    Chance chance;
    Trace trace;
    Coverage coverage;
    Ledger ledger;
    bool rough = false; // peers and network misbehave

    /// A misbehaviour: only while it is rough.
    bool mishap(std::uint32_t percent) { return rough && chance.percent(percent); }
    /// The same, and counted.
    bool mishap(std::uint32_t percent, Did what) {
        const bool happens = mishap(percent);
        if (happens) coverage.saw(what);
        return happens;
    }
};

} // namespace wakeline::simulation

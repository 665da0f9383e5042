// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulation/behaviour.h"

namespace wakeline::simulation {

struct Failure {
    std::uint64_t seed = 0;
    std::string why;
};

struct Outcome {
    std::uint64_t schedules = 0;
    Coverage coverage;
    std::vector<Failure> failures; // the first few
};

/// Runs the schedules of `seeds` in so many processes of its own: what aborts or hangs takes one process with
/// it, and is one failure.
Outcome run_schedules(const std::vector<std::uint64_t>& seeds, unsigned processes);

/// One schedule with everything said in it, on standard output; in a process of its own.
void show_schedule(std::uint64_t seed);

} // namespace wakeline::simulation

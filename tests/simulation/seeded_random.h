// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace wakeline::simulation {

/// What base/random.h gives from now on: this program has its own, so that a seed replays to the octet.
void seed_random(std::uint64_t seed);

} // namespace wakeline::simulation

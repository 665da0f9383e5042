// SPDX-License-Identifier: Apache-2.0
#include "trunk/ranking.h"

#include <cmath>
#include <cstdint>
#include <limits>

namespace wakeline::trunk {

namespace {

/// FNV-1a, and a last stir: the same on every machine.
std::uint64_t hash(std::string_view user, std::string_view trunk) {
    std::uint64_t value = 14'695'981'039'346'656'037U;
    for (const std::string_view part : {user, std::string_view("\n"), trunk})
        for (const char c : part)
            value = (value ^ static_cast<std::uint8_t>(c)) * 1'099'511'628'211U;
    value = (value ^ (value >> 33U)) * 0xff51'afd7'ed55'8ccdU;
    return value ^ (value >> 33U);
}

} // namespace

/// Rendezvous hashing with weights.
double rank(std::string_view user, std::string_view trunk, unsigned weight) {
    if (weight == 0) return std::numeric_limits<double>::infinity();
    const double share =
        (static_cast<double>(hash(user, trunk) >> 11U) + 0.5) / 9'007'199'254'740'992.0; // 2^53
    return -std::log(share) / weight;
}

} // namespace wakeline::trunk

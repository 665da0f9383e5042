// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace wakeline::call {

/// Waking a phone for a call; YAML section `push` but for `apps`.
struct HoldConfig {
    std::chrono::milliseconds hold = std::chrono::seconds(15);
    bool send_ringing = true;
    std::chrono::milliseconds probe = std::chrono::milliseconds(1'500); // silent live flow: push as well
    std::chrono::milliseconds no_response = std::chrono::seconds(6); // after the INVITE went to a woken phone
    bool operator==(const HoldConfig&) const = default;
};

/// YAML section `limits`.
struct LimitsConfig {
    unsigned calls = 0; // 0: no limit
    unsigned held_calls = 10'000;
    bool operator==(const LimitsConfig&) const = default;
};

} // namespace wakeline::call

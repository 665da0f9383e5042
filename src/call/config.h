// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

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

/// What one shard's calls go by. `hold` and `limits` may change while it runs.
struct CallConfig {
    std::vector<std::string> domains = {}; // as in the configuration; the first stands for hidden addresses
    std::vector<std::string> own_addresses =
        {}; // hosts by which phones and the PBX may call us, without ports
    HoldConfig hold = {};
    LimitsConfig limits = {};
    bool digest_end_to_end = true; // the PBX challenges phones; false: we do, and credentials stay here
    bool operator==(const CallConfig&) const = default;
};

} // namespace wakeline::call

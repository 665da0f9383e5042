// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/timer.h"

namespace wakeline::call {

/// How much of something was in use within one slot of time.
struct Usage {
    net::WallTime at{}; // begin of the slot
    std::string of;     // "numbers", "calls"
    unsigned maximum = 0;
    std::uint64_t refused = 0;
    bool operator==(const Usage&) const = default;
};

/// Keeps usage over time; written off the loop.
class UsageStore {
public:
    virtual ~UsageStore() = default;
    /// Adds to what is known of that slot: the larger maximum, the sum of the refusals.
    virtual void put(std::vector<Usage> slots) = 0;
    virtual void forget_before(net::WallTime time) = 0;
    /// Slots that begin in [from, to), oldest first. Answers on the loop.
    virtual void find(net::WallTime from, net::WallTime to,
                      std::function<void(Result<std::vector<Usage>>)> callback) = 0;
};

} // namespace wakeline::call

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <unordered_map>

#include "net/timer.h"

namespace wakeline::push {

/// Pauses that a push service asked for, each for one key (a device, a project). Bounded: when full, the
/// pauses that are over go, and a new one is not noted when none is.
class BackOff {
public:
    explicit BackOff(net::TimerQueue& clock) : clock_(clock) {}

    void hold(const std::string& key, net::Duration pause) {
        if (until_.size() >= kMost)
            std::erase_if(until_, [now = clock_.now()](const auto& entry) { return entry.second <= now; });
        if (until_.size() < kMost) until_.insert_or_assign(key, clock_.now() + pause);
    }
    net::Duration left(const std::string& key) const {
        const auto it = until_.find(key);
        return it == until_.end() ? net::Duration{} : std::max(it->second - clock_.now(), net::Duration{});
    }
    bool active(const std::string& key) const { return left(key) > net::Duration{}; }

private:
    static constexpr std::size_t kMost = 10'000;

    net::TimerQueue& clock_;
    std::unordered_map<std::string, net::TimePoint> until_;
};

} // namespace wakeline::push

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string_view>
#include <unordered_map>

#include "net/timer.h"

namespace wakeline::call {

/// The users of whom at least one device is registered, each once however many devices (SBC-LIC-01).
class NumbersInUse {
public:
    /// Of that user a device is registered until then.
    void put(std::string_view aor, net::WallTime until) {
        net::WallTime& known = until_[hash(aor)];
        known = std::max(known, until);
    }
    /// What is left of that user's devices; a time that has passed when nothing is.
    void replace(std::string_view aor, net::WallTime until) { until_[hash(aor)] = until; }
    bool contains(std::string_view aor, net::WallTime now) const {
        const auto at = until_.find(hash(aor));
        return at != until_.end() && at->second > now;
    }
    /// Those that have expired unnoticed stay until `sweep`.
    std::size_t size() const noexcept { return until_.size(); }
    void sweep(net::WallTime now) {
        std::erase_if(until_, [now](const auto& entry) { return entry.second <= now; });
    }
    void clear() { until_.clear(); }

private:
    static std::uint64_t hash(std::string_view aor) { return std::hash<std::string_view>{}(aor); }

    std::unordered_map<std::uint64_t, net::WallTime> until_;
};

} // namespace wakeline::call

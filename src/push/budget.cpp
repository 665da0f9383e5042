// SPDX-License-Identifier: Apache-2.0
#include "push/budget.h"

#include <algorithm>

namespace wakeline::push {

bool Budget::take(const std::string& key, unsigned a_minute) {
    constexpr net::Duration minute = std::chrono::minutes(1);
    if (a_minute == 0) return true;
    const net::TimePoint now = clock_.now();
    auto entry = full_again_.find(key);
    if (entry == full_again_.end()) {
        if (full_again_.size() >= kMost && now - swept_ >= std::chrono::seconds(1)) {
            swept_ = now;
            std::erase_if(full_again_, [now](const auto& other) { return other.second <= now; });
        }
        if (full_again_.size() >= kMost) return true;
        entry = full_again_.emplace(key, now).first;
    }
    const net::TimePoint then = std::max(entry->second, now) + minute / a_minute;
    if (then > now + minute) return false;
    entry->second = then;
    return true;
}

} // namespace wakeline::push

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>

#include "net/timer.h"

namespace wakeline::push {

/// So many a minute for each key, all at once if need be. Bounded: when the table is full, keys that have not
/// used anything for a while go; a new key is let through uncounted when none has.
class Budget {
public:
    explicit Budget(net::TimerQueue& clock) : clock_(clock) {}

    /// False: this key has used up its minute. `a_minute` 0: no limit.
    bool take(const std::string& key, unsigned a_minute);
    std::size_t size() const noexcept { return full_again_.size(); }

    static constexpr std::size_t kMost = 20'000;

private:
    net::TimerQueue& clock_;
    std::unordered_map<std::string, net::TimePoint> full_again_; // when the whole minute would be there again
    net::TimePoint swept_{};
};

} // namespace wakeline::push

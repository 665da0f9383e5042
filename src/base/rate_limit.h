// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>

namespace wakeline {

/// Lets `burst` things through at once and one more every `interval`. For log lines that a peer can cause.
class RateLimit {
public:
    using Clock = std::chrono::steady_clock;

    RateLimit(unsigned burst, Clock::duration interval) : interval_(interval), window_(interval * burst) {}

    bool allow(Clock::time_point now) noexcept {
        // `free_` is when the bucket would be full again.
        const auto next = std::max(free_, now) + interval_;
        if (next > now + window_) return false;
        free_ = next;
        return true;
    }

private:
    Clock::duration interval_, window_;
    Clock::time_point free_ = Clock::time_point::min();
};

} // namespace wakeline

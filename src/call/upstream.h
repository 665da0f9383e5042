// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "base/metrics.h"

namespace wakeline::call {

/// The line to the internet, whose upstream all calls over it share (UP-08).
class Upstream {
public:
    /// One call's part of it: given back when it goes. The line outlives it.
    class Share {
    public:
        Share() = default;
        Share(Share&& other) noexcept
            : line_(std::exchange(other.line_, nullptr)), bits_(other.bits_), ways_(other.ways_) {}
        Share& operator=(Share&& other) noexcept;
        ~Share() { resize(0); }

        /// What one direction costs is known now: the answer names the codec.
        void settle(std::uint64_t cost) { resize(cost * ways_); }

    private:
        friend class Upstream;
        Share(Upstream& line, unsigned ways) : line_(&line), ways_(ways) {}
        void resize(std::uint64_t bits);

        Upstream* line_ = nullptr;
        std::uint64_t bits_ = 0;
        unsigned ways_ = 0; // legs of the call that cross the line
    };

    explicit Upstream(Metrics& metrics);
    Upstream(const Upstream&) = delete;
    Upstream& operator=(const Upstream&) = delete;

    void configure(unsigned kbit) { allowed_ = std::uint64_t{kbit} * 1'000; } // 0: no limit
    bool limited() const noexcept { return allowed_ != 0; }
    std::uint64_t allowed() const noexcept { return allowed_; }
    std::uint64_t in_use() const noexcept { return in_use_; }

    /// Room for a call with that many legs over the line; nothing when there is none. An emergency call
    /// always gets its share.
    std::optional<Share> take(std::uint64_t cost, unsigned ways, bool emergency);

private:
    std::uint64_t allowed_ = 0, in_use_ = 0; // bit/s
    Metric &used_, &refused_;
};

} // namespace wakeline::call

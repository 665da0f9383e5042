// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace wakeline::bench {

/// How long packets took, in microseconds up to 0.2 s; what is above counts as that.
class Latencies {
public:
    void add(std::int64_t us) {
        ++counts_[static_cast<std::size_t>(std::clamp<std::int64_t>(us, 0, kMost - 1))];
        ++total_;
    }
    /// 0.5 for the median.
    std::int64_t quantile(double part) const {
        const auto wanted = static_cast<std::uint64_t>(part * static_cast<double>(total_));
        std::uint64_t seen = 0;
        for (std::int64_t us = 0; us < kMost; ++us)
            if ((seen += counts_[static_cast<std::size_t>(us)]) > wanted) return us;
        return kMost;
    }

private:
    static constexpr std::int64_t kMost = 200'000;
    std::vector<std::uint32_t> counts_ = std::vector<std::uint32_t>(kMost);
    std::uint64_t total_ = 0;
};

} // namespace wakeline::bench

// SPDX-License-Identifier: Apache-2.0
#include "net/pace.h"

#include <algorithm>
#include <utility>

namespace wakeline::net {

namespace {

constexpr Duration kMeasure = std::chrono::milliseconds(20);
/// Shares of the thread's time. Between the two, it stays as it is.
constexpr int kGatherFromPercent = 10, kGatherUntilPercent = 5;

} // namespace

Duration Pace::wait(TimePoint now, Duration (*cpu)()) {
    if (turn_ == Duration::zero()) return {};
    if (now - measured_ >= kMeasure) measure(now, cpu());
    const bool waits = gathering_ && !std::exchange(more_waits_, false);
    const Duration wait =
        waits ? std::clamp(last_turn_ + turn_ - now, Duration::zero(), turn_) : Duration::zero();
    last_turn_ = now + wait;
    return wait;
}

void Pace::measure(TimePoint now, Duration cpu) {
    const auto percent = 100 * (cpu - cpu_) / (now - measured_);
    if (percent >= kGatherFromPercent) gathering_ = true;
    if (percent < kGatherUntilPercent) gathering_ = false;
    measured_ = now;
    cpu_ = cpu;
}

} // namespace wakeline::net

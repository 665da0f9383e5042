// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "base/metrics.h"
#include "call/call_record.h"

namespace wakeline::call {

/// How a call came to its end, for counting.
enum class Outcome : std::uint8_t {
    Answered,
    Cancelled,   // the caller gave up, or its Expires lapsed
    Rejected,    // a final answer of the other side
    Unreachable, // no device, or none could be woken
    HoldTimeout, // woken, and nobody came
    Refused,     // by us: limits, bad SDP, unknown number
};
inline constexpr std::size_t kOutcomes = 6;

/// What the call module counts; the help texts are in metrics.cpp.
struct CallMetrics {
    explicit CallMetrics(Metrics& registry);

    Metric& calls(Direction direction, Outcome outcome) {
        return *ended[static_cast<std::size_t>(direction)][static_cast<std::size_t>(outcome)];
    }
    Metric& late(bool told) { return told ? late_told : late_silent; }
    /// Calls that were answered, by whether the media of each side are encrypted.
    Metric& answered(bool phone_secure, bool trunk_secure) { return *security[phone_secure][trunk_secure]; }
    void woke(std::chrono::milliseconds after);

    Metric &active, &held;
    Metric &wakes, &wake_time, &late_told, &late_silent;
    Metric &probes_failed, &media_timeouts, &session_timeouts;
    Metric &trunk_failovers, &lines_busy;
    Metric &unknown_sources, &stray_requests, &relayed_requests, &ignored_events;
    std::array<std::array<Metric*, kOutcomes>, 2> ended{};
    std::array<std::array<Metric*, 2>, 2> security{};
};

} // namespace wakeline::call

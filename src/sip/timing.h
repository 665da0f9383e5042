// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "net/timer.h"

namespace wakeline::sip {

/// RFC 3261 table 4: estimates of a round trip, of the longest interval, and of how long a message can live.
struct Timing {
    net::Duration t1 = std::chrono::milliseconds(500);
    net::Duration t2 = std::chrono::seconds(4);
    net::Duration t4 = std::chrono::seconds(5);

    constexpr net::Duration timeout() const { return 64 * t1; }
};

} // namespace wakeline::sip

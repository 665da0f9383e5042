// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/metrics.h"

namespace wakeline::sip {

/// What the transports count.
struct TransportMetrics {
    explicit TransportMetrics(Metrics& metrics);

    Metric& flows_udp; // gauges: flows that exist now
    Metric& flows_stream;
    Metric& messages_in;
    Metric& messages_out;
    Metric& pings;              // CRLF keep-alives answered
    Metric& malformed;          // messages answered or dropped because they cannot be parsed
    Metric& broken_streams;     // connections closed because their framing was lost
    Metric& stalled_messages;   // connections closed because a message never ended
    Metric& handshakes_refused; // TLS connections that ended before they began, limits included
};

} // namespace wakeline::sip

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/metrics.h"
#include "sip/transport.h"

namespace wakeline::sip {

/// What one transport protocol carried.
struct TransportTraffic {
    Metric& received; // complete messages
    Metric& sent;
    Metric& flows; // gauge: connections, or remote addresses
};

/// What the transports count.
struct SipTransportMetrics {
    explicit SipTransportMetrics(Metrics& metrics);

    TransportTraffic& traffic(TransportKind kind);

    TransportTraffic udp, tcp, tls;
    Metric& malformed;           // messages refused by the parser; the connection stays
    Metric& framing_errors;      // the connection went
    Metric& keepalives;          // CRLF pings answered, keep-alive datagrams
    Metric& handshakes_refused;  // TLS: certificate, version, silence, or a limit
    Metric& connections_refused; // over the limit
    Metric& slow_closed;         // a message or an answer that made no progress
    Metric& not_sent;            // messages for flows that are gone or full
    Metric& udp_dropped;         // datagrams that the system did not take
};

} // namespace wakeline::sip

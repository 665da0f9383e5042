// SPDX-License-Identifier: Apache-2.0
#include "sip/transport_metrics.h"

namespace wakeline::sip {

namespace {

constexpr auto kGauge = MetricKind::Gauge;
constexpr auto kCounter = MetricKind::Counter;

constexpr std::string_view kFlows = "SIP flows that exist now: connections, or remote addresses on UDP.";
constexpr MetricInfo kUdpFlows{"wakeline_sip_flows", kGauge, kFlows, R"({transport="udp"})"};
constexpr MetricInfo kStreamFlows{"wakeline_sip_flows", kGauge, kFlows, R"({transport="stream"})"};
constexpr MetricInfo kIn{"wakeline_sip_messages_received_total", kCounter,
                         "SIP messages received and parsed."};
constexpr MetricInfo kOut{"wakeline_sip_messages_sent_total", kCounter, "SIP messages handed to a socket."};
constexpr MetricInfo kPings{"wakeline_sip_pings_total", kCounter, "CRLF keep-alives answered (RFC 5626)."};
constexpr MetricInfo kMalformed{"wakeline_sip_messages_malformed_total", kCounter,
                                "Messages refused or dropped because they cannot be parsed."};
constexpr MetricInfo kBroken{"wakeline_sip_streams_broken_total", kCounter,
                             "Connections closed because the end of a message could not be known."};
constexpr MetricInfo kStalled{"wakeline_sip_streams_stalled_total", kCounter,
                              "Connections closed because a message did not end in time."};
constexpr MetricInfo kRefused{
    "wakeline_sip_handshakes_refused_total", kCounter,
    "Connections refused before they carried SIP: no or bad certificate, time, limits."};

} // namespace

TransportMetrics::TransportMetrics(Metrics& metrics)
    : flows_udp(metrics.declare(kUdpFlows)), flows_stream(metrics.declare(kStreamFlows)),
      messages_in(metrics.declare(kIn)), messages_out(metrics.declare(kOut)), pings(metrics.declare(kPings)),
      malformed(metrics.declare(kMalformed)), broken_streams(metrics.declare(kBroken)),
      stalled_messages(metrics.declare(kStalled)), handshakes_refused(metrics.declare(kRefused)) {}

} // namespace wakeline::sip

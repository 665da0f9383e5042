// SPDX-License-Identifier: Apache-2.0
#include "sip/transport_metrics.h"

namespace wakeline::sip {

namespace {

constexpr auto kGauge = MetricKind::Gauge;
constexpr auto kCounter = MetricKind::Counter;

TransportTraffic declare_traffic(Metrics& metrics, std::string_view label) {
    return {
        metrics.declare({"wakeline_sip_messages_received_total", kCounter,
                         "Complete SIP messages received, whether or not they could be read.", label}),
        metrics.declare({"wakeline_sip_messages_sent_total", kCounter, "SIP messages sent.", label}),
        metrics.declare({"wakeline_sip_flows", kGauge,
                         "Connections that exist now; for UDP, remote addresses lately heard or spoken to.",
                         label}),
    };
}

constexpr MetricInfo kMalformed{"wakeline_sip_messages_malformed_total", kCounter,
                                "SIP messages refused or dropped because they could not be read."};
constexpr MetricInfo kFraming{"wakeline_sip_framing_errors_total", kCounter,
                              "Connections closed because the end of a message could not be found."};
constexpr MetricInfo kKeepalives{"wakeline_sip_keepalives_total", kCounter,
                                 "CRLF pings and keep-alive datagrams received."};
constexpr MetricInfo kHandshakes{"wakeline_sip_handshakes_refused_total", kCounter,
                                 "TLS connections that ended before they were usable: certificate, version, "
                                 "silence or a limit. The log says which."};
constexpr MetricInfo kConnections{"wakeline_sip_connections_refused_total", kCounter,
                                  "Connections closed at once because there were too many."};
constexpr MetricInfo kSlow{"wakeline_sip_slow_connections_closed_total", kCounter,
                           "Connections closed because a message stopped half-way in or answers piled up."};
constexpr MetricInfo kNotSent{"wakeline_sip_messages_not_sent_total", kCounter,
                              "SIP messages for connections that were gone or full."};
constexpr MetricInfo kUdpDropped{"wakeline_sip_datagrams_dropped_total", kCounter,
                                 "SIP datagrams that the system did not take for sending."};

} // namespace

SipTransportMetrics::SipTransportMetrics(Metrics& metrics)
    : udp(declare_traffic(metrics, R"({transport="udp"})")),
      tcp(declare_traffic(metrics, R"({transport="tcp"})")),
      tls(declare_traffic(metrics, R"({transport="tls"})")), malformed(metrics.declare(kMalformed)),
      framing_errors(metrics.declare(kFraming)), keepalives(metrics.declare(kKeepalives)),
      handshakes_refused(metrics.declare(kHandshakes)), connections_refused(metrics.declare(kConnections)),
      slow_closed(metrics.declare(kSlow)), not_sent(metrics.declare(kNotSent)),
      udp_dropped(metrics.declare(kUdpDropped)) {}

TransportTraffic& SipTransportMetrics::traffic(TransportKind kind) {
    switch (kind) {
    case TransportKind::Udp: return udp;
    case TransportKind::Tcp: return tcp;
    case TransportKind::Tls: return tls;
    }
    return udp;
}

} // namespace wakeline::sip

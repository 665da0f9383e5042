// SPDX-License-Identifier: Apache-2.0
#include "media/media_metrics.h"

namespace wakeline::media {

namespace {

using enum MetricKind;

constexpr MetricInfo kSessions{"wakeline_media_sessions", Gauge, "Calls and ringing branches with media."};
constexpr MetricInfo kTimeouts{"wakeline_media_timeouts_total", Counter,
                               "Sessions on which nothing arrived for media.timeout."};
constexpr MetricInfo kRelayed{"wakeline_media_packets_relayed_total", Counter,
                              "RTP and RTCP packets sent on."};
constexpr MetricInfo kSendFailed{"wakeline_media_packets_unsent_total", Counter,
                                 "Packets that the system would not send: full buffer, too large, no route."};
constexpr MetricInfo kNotRtp{"wakeline_media_packets_dropped_total", Counter,
                             "Packets that went nowhere, by reason.", R"({reason="not_rtp"})"};
constexpr MetricInfo kUnknown{kNotRtp.name, Counter, kNotRtp.help, R"({reason="unknown_source"})"};
constexpr MetricInfo kForged{kNotRtp.name, Counter, kNotRtp.help, R"({reason="srtp_authentication"})"};
constexpr MetricInfo kReplayed{kNotRtp.name, Counter, kNotRtp.help, R"({reason="srtp_replay"})"};
constexpr MetricInfo kNoDestination{kNotRtp.name, Counter, kNotRtp.help, R"({reason="no_destination"})"};
constexpr MetricInfo kJoined{"wakeline_media_sources_joined_total", Counter,
                             "Remote addresses that proved to be a session's."};
constexpr MetricInfo kMoved{"wakeline_media_sources_moved_total", Counter,
                            "Streams that went on from another address, proved by their SRTP key."};
constexpr MetricInfo kExhausted{"wakeline_media_ports_exhausted_total", Counter,
                                "Offers refused because no port of the configured range was free."};
constexpr MetricInfo kChecksGood{"wakeline_media_ice_checks_total", Counter,
                                 "ICE connectivity checks of phones, by result.", R"({result="good"})"};
constexpr MetricInfo kChecksRefused{kChecksGood.name, Counter, kChecksGood.help, R"({result="refused"})"};
constexpr MetricInfo kConsentLost{
    "wakeline_media_ice_consent_lost_total", Counter,
    "Legs to which nothing was sent any more, since 30 s had brought neither a check "
    "nor a packet."};
constexpr MetricInfo kDtlsEstablished{"wakeline_media_dtls_handshakes_total", Counter,
                                      "DTLS-SRTP handshakes, by result.", R"({result="established"})"};
constexpr MetricInfo kDtlsFailed{kDtlsEstablished.name, Counter, kDtlsEstablished.help,
                                 R"({result="failed"})"};

} // namespace

MediaMetrics::MediaMetrics(Metrics& registry)
    : sessions(registry.declare(kSessions)), timeouts(registry.declare(kTimeouts)),
      relayed(registry.declare(kRelayed)), send_failed(registry.declare(kSendFailed)),
      not_rtp(registry.declare(kNotRtp)), unknown_source(registry.declare(kUnknown)),
      forged(registry.declare(kForged)), replayed(registry.declare(kReplayed)),
      no_destination(registry.declare(kNoDestination)), joined(registry.declare(kJoined)),
      moved(registry.declare(kMoved)), ports_exhausted(registry.declare(kExhausted)),
      checks_good(registry.declare(kChecksGood)), checks_refused(registry.declare(kChecksRefused)),
      consent_lost(registry.declare(kConsentLost)), dtls_established(registry.declare(kDtlsEstablished)),
      dtls_failed(registry.declare(kDtlsFailed)) {}

} // namespace wakeline::media

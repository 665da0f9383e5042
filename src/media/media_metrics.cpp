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

} // namespace

MediaMetrics::MediaMetrics(Metrics& registry)
    : sessions(registry.declare(kSessions)), timeouts(registry.declare(kTimeouts)),
      relayed(registry.declare(kRelayed)), send_failed(registry.declare(kSendFailed)),
      not_rtp(registry.declare(kNotRtp)), unknown_source(registry.declare(kUnknown)),
      forged(registry.declare(kForged)), replayed(registry.declare(kReplayed)),
      no_destination(registry.declare(kNoDestination)), joined(registry.declare(kJoined)),
      moved(registry.declare(kMoved)), ports_exhausted(registry.declare(kExhausted)) {}

} // namespace wakeline::media

// SPDX-License-Identifier: Apache-2.0
#include "call/metrics.h"

namespace wakeline::call {

namespace {

using enum MetricKind;

constexpr std::string_view kEnded = "wakeline_call_ended_total";
constexpr std::string_view kEndedHelp = "Calls that ended, by direction and outcome";

// clang-format off
constexpr MetricInfo kActive{"wakeline_call_active_calls", Gauge, "Calls that have not ended"};
constexpr MetricInfo kHeld{"wakeline_call_held_calls", Gauge, "Calls waiting for a device to wake up"};
constexpr MetricInfo kWakes{"wakeline_call_wakes_total", Counter, "Devices that registered after a push for a call"};
constexpr MetricInfo kWakeTime{"wakeline_call_wake_milliseconds_total", Counter, "Time from push to REGISTER, summed over wakes_total"};
constexpr std::string_view kLate = "wakeline_call_late_wakes_total";
constexpr std::string_view kLateHelp = "Devices that came when their call was over, by whether they were told (push.late_wakers)";
constexpr MetricInfo kLateTold{kLate, Counter, kLateHelp, R"({told="yes"})"};
constexpr MetricInfo kLateSilent{kLate, Counter, kLateHelp, R"({told="no"})"};
constexpr MetricInfo kProbesFailed{"wakeline_call_probes_failed_total", Counter, "Connections that looked alive but did not answer an INVITE in push.probe"};
constexpr MetricInfo kMediaTimeouts{"wakeline_call_media_timeouts_total", Counter, "Calls ended because no media came for media.timeout"};
constexpr MetricInfo kSessionTimeouts{"wakeline_call_session_timeouts_total", Counter, "Calls ended because a side did not refresh its session (call.session_timer)"};
constexpr MetricInfo kTrunkFailovers{"wakeline_call_trunk_failovers_total", Counter, "Calls and other requests of phones that went on from one trunk to another"};
constexpr MetricInfo kLinesBusy{"wakeline_call_lines_busy_total", Counter, "Calls that found all lines of a trunk busy (trunks.*.max_calls)"};
constexpr MetricInfo kUnknownSources{"wakeline_call_unknown_sources_total", Counter, "Trunk-side requests from an address that is no configured peer, answered 403"};
constexpr MetricInfo kStrayRequests{"wakeline_call_stray_requests_total", Counter, "Requests inside a dialog that we do not have, answered 481"};
constexpr MetricInfo kRelayed{"wakeline_call_relayed_requests_total", Counter, "Requests outside calls that were relayed (MESSAGE, SUBSCRIBE ...)"};
constexpr MetricInfo kIgnored{"wakeline_call_ignored_events_total", Counter, "Events that a branch's state did not expect"};

constexpr std::string_view kSecurity = "wakeline_call_answered_total";
constexpr std::string_view kSecurityHelp = "Calls that were answered, by how the media of each side are protected";
constexpr std::array<std::array<std::string_view, 2>, 2> kSecurityLabels{{
    {R"({phone="rtp",trunk="rtp"})", R"({phone="rtp",trunk="srtp"})"},
    {R"({phone="srtp",trunk="rtp"})", R"({phone="srtp",trunk="srtp"})"},
}};
constexpr std::array<std::array<std::string_view, kOutcomes>, 2> kLabels{{
    {R"({direction="to_phone",outcome="answered"})", R"({direction="to_phone",outcome="cancelled"})",
     R"({direction="to_phone",outcome="rejected"})", R"({direction="to_phone",outcome="unreachable"})",
     R"({direction="to_phone",outcome="hold_timeout"})", R"({direction="to_phone",outcome="refused"})"},
    {R"({direction="from_phone",outcome="answered"})", R"({direction="from_phone",outcome="cancelled"})",
     R"({direction="from_phone",outcome="rejected"})", R"({direction="from_phone",outcome="unreachable"})",
     R"({direction="from_phone",outcome="hold_timeout"})", R"({direction="from_phone",outcome="refused"})"},
}};
// clang-format on

} // namespace

CallMetrics::CallMetrics(Metrics& registry)
    : active(registry.declare(kActive)), held(registry.declare(kHeld)), wakes(registry.declare(kWakes)),
      wake_time(registry.declare(kWakeTime)), late_told(registry.declare(kLateTold)),
      late_silent(registry.declare(kLateSilent)), probes_failed(registry.declare(kProbesFailed)),
      media_timeouts(registry.declare(kMediaTimeouts)), session_timeouts(registry.declare(kSessionTimeouts)),
      trunk_failovers(registry.declare(kTrunkFailovers)), lines_busy(registry.declare(kLinesBusy)),
      unknown_sources(registry.declare(kUnknownSources)), stray_requests(registry.declare(kStrayRequests)),
      relayed_requests(registry.declare(kRelayed)), ignored_events(registry.declare(kIgnored)) {
    for (std::size_t direction = 0; direction < ended.size(); ++direction)
        for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome)
            ended[direction][outcome] =
                &registry.declare({kEnded, Counter, kEndedHelp, kLabels[direction][outcome]});
    for (std::size_t phone = 0; phone < security.size(); ++phone)
        for (std::size_t trunk = 0; trunk < security[phone].size(); ++trunk)
            security[phone][trunk] =
                &registry.declare({kSecurity, Counter, kSecurityHelp, kSecurityLabels[phone][trunk]});
}

void CallMetrics::woke(std::chrono::milliseconds after) {
    wakes.add();
    wake_time.add(after.count());
}

} // namespace wakeline::call

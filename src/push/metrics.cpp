// SPDX-License-Identifier: Apache-2.0
#include "push/metrics.h"

#include <array>

namespace wakeline::push {

namespace {

enum Name { Accepted, TokenDead, RefusedName, UnavailableName, Repeated, Written, WrittenTime, AnsweredTime };

constexpr std::string_view kWakes = "wakeline_push_wakes_total";
constexpr std::string_view kWakesHelp = "Devices to be woken, by push service and what came of it";
constexpr std::string_view kRepeatedHelp =
    "Pushes sent again: time-out, 500, 503, new token, smaller payload";
constexpr std::string_view kWrittenHelp = "Pushes written to the service";
constexpr std::string_view kWrittenTimeHelp = "Time from the wish to wake to the push written, summed";
constexpr std::string_view kAnsweredTimeHelp = "Time from the wish to wake to the final answer, summed";
constexpr auto kCounter = MetricKind::Counter;

// clang-format off
constexpr std::array<std::array<MetricInfo, 8>, kProviders> kTable{{
    {{
        {kWakes, kCounter, kWakesHelp, R"({provider="apns",outcome="accepted"})"},
        {kWakes, kCounter, kWakesHelp, R"({provider="apns",outcome="token_dead"})"},
        {kWakes, kCounter, kWakesHelp, R"({provider="apns",outcome="refused"})"},
        {kWakes, kCounter, kWakesHelp, R"({provider="apns",outcome="unavailable"})"},
        {"wakeline_push_repeated_total", kCounter, kRepeatedHelp, R"({provider="apns"})"},
        {"wakeline_push_written_total", kCounter, kWrittenHelp, R"({provider="apns"})"},
        {"wakeline_push_written_microseconds_total", kCounter, kWrittenTimeHelp, R"({provider="apns"})"},
        {"wakeline_push_answered_microseconds_total", kCounter, kAnsweredTimeHelp, R"({provider="apns"})"},
    }},
    {{
        {kWakes, kCounter, kWakesHelp, R"({provider="fcm",outcome="accepted"})"},
        {kWakes, kCounter, kWakesHelp, R"({provider="fcm",outcome="token_dead"})"},
        {kWakes, kCounter, kWakesHelp, R"({provider="fcm",outcome="refused"})"},
        {kWakes, kCounter, kWakesHelp, R"({provider="fcm",outcome="unavailable"})"},
        {"wakeline_push_repeated_total", kCounter, kRepeatedHelp, R"({provider="fcm"})"},
        {"wakeline_push_written_total", kCounter, kWrittenHelp, R"({provider="fcm"})"},
        {"wakeline_push_written_microseconds_total", kCounter, kWrittenTimeHelp, R"({provider="fcm"})"},
        {"wakeline_push_answered_microseconds_total", kCounter, kAnsweredTimeHelp, R"({provider="fcm"})"},
    }},
    {{
        {kWakes, kCounter, kWakesHelp, R"({provider="webhook",outcome="accepted"})"},
        {kWakes, kCounter, kWakesHelp, R"({provider="webhook",outcome="token_dead"})"},
        {kWakes, kCounter, kWakesHelp, R"({provider="webhook",outcome="refused"})"},
        {kWakes, kCounter, kWakesHelp, R"({provider="webhook",outcome="unavailable"})"},
        {"wakeline_push_repeated_total", kCounter, kRepeatedHelp, R"({provider="webhook"})"},
        {"wakeline_push_written_total", kCounter, kWrittenHelp, R"({provider="webhook"})"},
        {"wakeline_push_written_microseconds_total", kCounter, kWrittenTimeHelp, R"({provider="webhook"})"},
        {"wakeline_push_answered_microseconds_total", kCounter, kAnsweredTimeHelp, R"({provider="webhook"})"},
    }},
}};
// clang-format on

const MetricInfo& info(Provider provider, Name name) {
    return kTable[static_cast<std::size_t>(provider)][static_cast<std::size_t>(name)];
}

} // namespace

ProviderMetrics::ProviderMetrics(Metrics& metrics, Provider provider)
    : accepted(metrics.declare(info(provider, Accepted))),
      token_dead(metrics.declare(info(provider, TokenDead))),
      refused(metrics.declare(info(provider, RefusedName))),
      unavailable(metrics.declare(info(provider, UnavailableName))),
      repeated(metrics.declare(info(provider, Repeated))), written(metrics.declare(info(provider, Written))),
      written_microseconds(metrics.declare(info(provider, WrittenTime))),
      answered_microseconds(metrics.declare(info(provider, AnsweredTime))) {}

Metric& ProviderMetrics::of(WakeOutcome outcome) {
    switch (outcome) {
    case WakeOutcome::Accepted: return accepted;
    case WakeOutcome::TokenDead: return token_dead;
    case WakeOutcome::Refused: return refused;
    case WakeOutcome::Unavailable:
    case WakeOutcome::NoProvider: return unavailable;
    }
    return unavailable;
}

} // namespace wakeline::push

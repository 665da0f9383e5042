// SPDX-License-Identifier: Apache-2.0
#include "daemon/credentials.h"

#include <algorithm>

#include "daemon/credential_files.h"

namespace wakeline::daemon {

namespace {

using net::CredentialState;

constexpr net::Duration kLook = std::chrono::minutes(1), kDay = std::chrono::hours(24);
constexpr int kUrgent = 10; // days
constexpr std::string_view kName = "wakeline_daemon_credentials";
constexpr std::string_view kHelp = "Certificates and push keys, by state";
constexpr auto kGauge = MetricKind::Gauge;

// clang-format off
constexpr std::array<MetricInfo, 5> kStates{{
    {kName, kGauge, kHelp, R"({state="not_set"})"},
    {kName, kGauge, kHelp, R"({state="active"})"},
    {kName, kGauge, kHelp, R"({state="expiring"})"},
    {kName, kGauge, kHelp, R"({state="expired"})"},
    {kName, kGauge, kHelp, R"({state="invalid"})"},
}};
// clang-format on
constexpr MetricInfo kDaysLeft{"wakeline_daemon_credential_days_left", kGauge,
                               "Whole days until the first certificate expires; -1: none does"};

bool needs_somebody(CredentialState state) {
    switch (state) {
    case CredentialState::Expiring:
    case CredentialState::Expired:
    case CredentialState::Invalid: return true;
    case CredentialState::NotSet:
    case CredentialState::Active: return false;
    }
    return false;
}

} // namespace

Credentials::Credentials(net::TimerQueue& timers, Log& log, Metrics& metrics, OfPush of_push)
    : timers_(timers), log_(log), of_push_(std::move(of_push)), in_state_{},
      days_left_(metrics.declare(kDaysLeft)), next_look_(timers) {
    std::ranges::transform(kStates, in_state_.begin(),
                           [&metrics](const MetricInfo& info) { return &metrics.declare(info); });
}

void Credentials::read(const config::Config& config) {
    from_files_ = read_credentials(config);
    look();
}

std::vector<net::Credential> Credentials::list() const {
    std::vector<net::Credential> all = from_files_;
    for (net::Credential& credential : of_push_())
        all.push_back(std::move(credential));
    return all;
}

/// Push services refuse credentials at any time; their own alarms tell the log at once.
void Credentials::look() {
    const std::vector<net::Credential> all = list();
    for (const net::Credential& credential : all)
        tell(credential);
    std::erase_if(told_, [&all](const auto& told) {
        return std::ranges::find(all, told.first, &net::Credential::name) == all.end();
    });
    count(all);
    next_look_.arm(kLook, [this] { look(); });
}

void Credentials::tell(const net::Credential& credential) {
    const CredentialState state = net::state_of(credential, timers_.wall_now());
    const auto [told, first] = told_.try_emplace(credential.name);
    const bool changed = first ? needs_somebody(state)
                               : told->second.state != state || told->second.problem != credential.problem;
    const bool again = needs_somebody(state) && timers_.now() - told->second.at >= kDay;
    if (!first && !changed && !again) return;
    told->second = {state, credential.problem, timers_.now()};
    if (changed || again) say(credential, state);
}

void Credentials::say(const net::Credential& credential, CredentialState state) {
    const net::WallTime now = timers_.wall_now();
    const int days = net::days_left(credential, now);
    const Log::Fields fields = {{"setting", credential.name},        {"state", std::string(net::word(state))},
                                {"subject", credential.subject},     {"serial", credential.serial},
                                {"days_left", std::to_string(days)}, {"problem", credential.problem}};
    switch (state) {
    case CredentialState::Expiring:
        return days <= kUrgent ? log_.error("a certificate expires very soon: renew it", fields)
                               : log_.warning("a certificate expires soon: renew it", fields);
    case CredentialState::Expired: return log_.error("a certificate has expired: renew it", fields);
    case CredentialState::Invalid:
        return now < credential.valid_from
                   ? log_.error("a certificate is not valid yet: check this machine's clock", fields)
                   : log_.error("a certificate or key cannot be used", fields);
    case CredentialState::NotSet:
    case CredentialState::Active: return log_.info("a certificate or key has a new state", fields);
    }
}

void Credentials::count(const std::vector<net::Credential>& all) {
    const net::WallTime now = timers_.wall_now();
    std::array<std::int64_t, 5> counts{};
    std::int64_t least = -1;
    for (const net::Credential& credential : all) {
        ++counts[static_cast<std::size_t>(net::state_of(credential, now))];
        if (!credential.set || credential.expires == net::WallTime{}) continue;
        const std::int64_t days = net::days_left(credential, now);
        least = least < 0 ? days : std::min(least, days);
    }
    for (std::size_t i = 0; i < counts.size(); ++i)
        in_state_[i]->set(counts[i]);
    days_left_.set(least);
}

} // namespace wakeline::daemon

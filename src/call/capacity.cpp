// SPDX-License-Identifier: Apache-2.0
#include "call/capacity.h"

namespace wakeline::call {

namespace {

using enum MetricKind;

constexpr net::Duration kTick = std::chrono::seconds(10);
constexpr std::chrono::hours kStatisticsKept{400 * 24}, kSnapshotKept{3 * 24}, kForgetEvery{1};

constexpr std::string_view kNumbers = R"({of="numbers"})", kCalls = R"({of="calls"})";

// clang-format off
constexpr MetricInfo kAllowed{"wakeline_call_capacity_allowed", Gauge, "How many may be in use (limits); only what is limited is shown"};
constexpr MetricInfo kInUse{"wakeline_call_capacity_used", Gauge, "How many are in use of what is limited: registered numbers, calls"};
constexpr MetricInfo kRefused{"wakeline_call_capacity_refused_total", Counter, "Registrations and calls refused because all were in use"};
// clang-format on

MetricInfo labelled(MetricInfo info, std::string_view labels) {
    info.labels = labels;
    return info;
}

} // namespace

Capacity::Capacity(const Parts& parts, const LimitsConfig& limits, const std::vector<Usage>& kept)
    : parts_(parts), tick_(parts.timers) {
    const auto now = parts_.timers.wall_now();
    numbers_.quota.restore(kept, now);
    calls_.quota.restore(kept, now);
    configure(limits);
}

void Capacity::configure(const LimitsConfig& limits) {
    configure(numbers_, limits.registrations, limits, kNumbers);
    configure(calls_, limits.calls, limits, kCalls);
    statistics_ = limits.statistics;
    if (!numbers_.quota.limited()) numbers_in_use_.clear();
    if (any())
        tick();
    else
        tick_.cancel();
}

void Capacity::configure(Counted& counted, unsigned allowed, const LimitsConfig& limits,
                         std::string_view labels) {
    counted.quota.configure({allowed, limits.warn_at.value}, parts_.timers.wall_now());
    if (allowed != 0 && !counted.gauges)
        counted.gauges.emplace(Gauges{parts_.metrics.declare(labelled(kAllowed, labels)),
                                      parts_.metrics.declare(labelled(kInUse, labels)),
                                      parts_.metrics.declare(labelled(kRefused, labels))});
    if (!counted.gauges) return;
    counted.gauges->allowed.set(allowed);
    if (allowed == 0) counted.gauges->in_use.set(0);
}

bool Capacity::admits_number(std::string_view aor) {
    if (!numbers_.quota.limited()) return true;
    const auto now = parts_.timers.wall_now();
    if (numbers_in_use_.contains(aor, now)) return true;
    if (numbers_.quota.full()) count_numbers();
    return admits(numbers_);
}

void Capacity::on_registered(std::string_view aor, net::WallTime until) {
    if (!numbers_.quota.limited()) return;
    const auto now = parts_.timers.wall_now();
    const bool added = !numbers_in_use_.contains(aor, now);
    numbers_in_use_.put(aor, until);
    if (added) use(numbers_, numbers_in_use_.size());
}

void Capacity::on_removed(std::string_view aor, net::WallTime until) {
    if (numbers_.quota.limited()) numbers_in_use_.replace(aor, until);
}

bool Capacity::admits_call() { return admits(calls_); }

void Capacity::set_calls(std::size_t calls) { use(calls_, calls); }

bool Capacity::admits(Counted& counted) {
    if (!counted.quota.full()) return true;
    counted.quota.refuse(parts_.timers.wall_now());
    counted.gauges->refused.add();
    return false;
}

void Capacity::use(Counted& counted, std::size_t in_use) {
    if (!counted.quota.limited()) return;
    counted.quota.use(static_cast<unsigned>(in_use), parts_.timers.wall_now());
    counted.gauges->in_use.set(static_cast<std::int64_t>(in_use));
    warn(counted);
}

void Capacity::warn(Counted& counted) {
    const Quota& quota = counted.quota;
    // Once it has been said, a few more or less are no news.
    const unsigned slack = counted.warned ? quota.limits().allowed / 20 : 0;
    const bool near = quota.in_use() + slack >= quota.warn_at();
    if (near == counted.warned) return;
    counted.warned = near;
    const std::string sentence =
        "the limit of " + std::string(counted.name) + (near ? " is near" : " is far again");
    const std::string in_use = std::to_string(quota.in_use()),
                      allowed = std::to_string(quota.limits().allowed);
    if (near)
        parts_.log.warning(sentence, {{"in_use", in_use}, {"allowed", allowed}});
    else
        parts_.log.info(sentence, {{"in_use", in_use}, {"allowed", allowed}});
}

std::vector<Quota::Snapshot> Capacity::snapshot() const {
    const auto now = parts_.timers.wall_now();
    return {numbers_.quota.snapshot(now), calls_.quota.snapshot(now)};
}

std::vector<std::string> Capacity::warnings() const {
    std::vector<std::string> lines;
    for (const Counted* counted : {&numbers_, &calls_})
        if (const auto now = counted->quota.snapshot(parts_.timers.wall_now()); now.near())
            lines.push_back("the limit of " + std::string(counted->name) + " is near: " +
                            std::to_string(now.in_use) + " of " + std::to_string(now.allowed) + " in use");
    return lines;
}

void Capacity::count_numbers() {
    if (!numbers_.quota.limited()) return;
    numbers_in_use_.sweep(parts_.timers.wall_now());
    use(numbers_, numbers_in_use_.size());
}

void Capacity::tick() {
    const auto now = parts_.timers.wall_now();
    count_numbers();
    flush();
    if (now - forgot_ > kForgetEvery) {
        forgot_ = now;
        parts_.store.forget_before(now - (statistics_ ? kStatisticsKept : kSnapshotKept));
    }
    tick_.arm(kTick, [this] { tick(); });
}

void Capacity::flush() {
    const auto now = parts_.timers.wall_now();
    std::vector<Usage> changes = numbers_.quota.take_changes(now);
    for (Usage& slot : calls_.quota.take_changes(now))
        changes.push_back(std::move(slot));
    if (!changes.empty()) parts_.store.put(std::move(changes));
}

} // namespace wakeline::call

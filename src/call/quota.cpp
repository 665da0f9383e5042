// SPDX-License-Identifier: Apache-2.0
#include "call/quota.h"

#include <algorithm>
#include <ctime>
#include <utility>

namespace wakeline::call {

std::int64_t local_day(net::WallTime time) {
    const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
    std::tm local{};
    ::localtime_r(&seconds, &local);
    const std::chrono::year_month_day date{std::chrono::year{local.tm_year + 1900},
                                           std::chrono::month{static_cast<unsigned>(local.tm_mon) + 1},
                                           std::chrono::day{static_cast<unsigned>(local.tm_mday)}};
    return std::chrono::sys_days{date}.time_since_epoch().count();
}

net::WallTime begin_of_day(std::int64_t local_day) {
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{local_day}}};
    std::tm local{};
    local.tm_year = static_cast<int>(date.year()) - 1900;
    local.tm_mon = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
    local.tm_mday = static_cast<int>(static_cast<unsigned>(date.day()));
    local.tm_isdst = -1;
    return net::WallTime(std::chrono::seconds(::mktime(&local)));
}

void Quota::configure(const Limits& limits, net::WallTime now) {
    limits_ = limits;
    if (!limited()) use(0, now);
}

void Quota::restore(const std::vector<Usage>& slots, net::WallTime now) {
    turn_to(now);
    for (const Usage& slot : slots) {
        if (slot.of != of_) continue;
        const std::int64_t day = local_day(slot.at);
        Day* kept = day == today_.number ? &today_ : day == today_.number - 1 ? &yesterday_ : nullptr;
        if (kept == nullptr) continue;
        kept->maximum = std::max(kept->maximum, slot.maximum);
        kept->refused += slot.refused;
    }
}

/// What is in use goes on into the new slot and the new day.
void Quota::turn_to(net::WallTime now) {
    if (const auto begin = std::chrono::floor<std::chrono::minutes>(now - now.time_since_epoch() % kSlot);
        begin != slot_.at) {
        if (changed_) finished_.push_back(slot_);
        slot_ = {.at = begin, .of = of_, .maximum = in_use_, .refused = 0};
        changed_ = limited();
    }
    const std::int64_t day = local_day(now);
    if (day == today_.number) return;
    yesterday_ = day == today_.number + 1 ? today_ : Day{day - 1, in_use_, 0};
    today_ = {day, in_use_, 0};
}

void Quota::use(unsigned in_use, net::WallTime now) {
    turn_to(now);
    in_use_ = in_use;
    today_.maximum = std::max(today_.maximum, in_use);
    if (in_use <= slot_.maximum) return;
    slot_.maximum = in_use;
    changed_ = true;
}

void Quota::refuse(net::WallTime now) {
    turn_to(now);
    ++today_.refused;
    ++slot_.refused;
    changed_ = true;
}

unsigned Quota::warn_at() const noexcept {
    return static_cast<unsigned>((std::uint64_t{limits_.allowed} * limits_.warn_percent + 99) / 100);
}

Quota::Snapshot Quota::snapshot(net::WallTime now) const {
    if (!limited()) return {.of = of_};
    Quota at_present = *this;
    at_present.turn_to(now);
    return {.of = of_,
            .limited = true,
            .allowed = limits_.allowed,
            .warn_at = warn_at(),
            .in_use = in_use_,
            .maximum_today = at_present.today_.maximum,
            .maximum_yesterday = at_present.yesterday_.maximum,
            .refused_today = at_present.today_.refused,
            .refused_yesterday = at_present.yesterday_.refused};
}

std::vector<Usage> Quota::take_changes(net::WallTime now) {
    turn_to(now);
    std::vector<Usage> changes = std::exchange(finished_, {});
    if (std::exchange(changed_, false)) changes.push_back(slot_);
    slot_.refused = 0; // the store adds
    return changes;
}

} // namespace wakeline::call

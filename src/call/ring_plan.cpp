// SPDX-License-Identifier: Apache-2.0
#include "call/ring_plan.h"

#include <algorithm>

namespace wakeline::call::ring_plan {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kVoicemail = std::chrono::seconds(25);

milliseconds time_for(const RingPlanConfig& config, const RingTimes& own, Target target) {
    const auto of = [](milliseconds mine, milliseconds standard) {
        return mine == milliseconds(0) ? standard : mine;
    };
    switch (target) {
    case Target::Mobile: return of(own.mobile, config.mobile);
    case Target::Desk: return of(own.desk, config.desk);
    case Target::Cell: return of(own.cell, config.cell);
    case Target::Voicemail: return kVoicemail;
    }
    return {};
}

bool together(const RingPlanConfig& config, const RingTimes& own) {
    return (own.order == RingOrder::AsConfigured ? config.order : own.order) == RingOrder::Simultaneous;
}

} // namespace

std::string_view name(Target target) {
    switch (target) {
    case Target::Mobile: return "mobile";
    case Target::Desk: return "desk";
    case Target::Cell: return "cell";
    case Target::Voicemail: return "voicemail";
    }
    return {};
}

bool Stage::has(Target target) const { return std::ranges::find(targets, target) != targets.end(); }

std::string number(const RingPlanConfig& config, const Subscriber& user, Target target) {
    switch (target) {
    case Target::Mobile: return {};
    case Target::Desk: return user.desk;
    case Target::Cell: return user.use_cell ? user.cell : std::string();
    case Target::Voicemail: return user.voicemail.empty() ? config.voicemail : user.voicemail;
    }
    return {};
}

std::vector<Stage> stages(const RingPlanConfig& config, const Subscriber& user, bool reachable) {
    const auto rings = [&](Target target) {
        if (target == Target::Mobile) return reachable;
        if (target == Target::Cell && reachable && config.cell_when == CellWhen::Unreachable) return false;
        return !number(config, user, target).empty();
    };
    std::vector<Stage> all;
    for (const Target target : {Target::Mobile, Target::Desk, Target::Cell, Target::Voicemail}) {
        if (!rings(target)) continue;
        const milliseconds ring = time_for(config, user.ring, target);
        const bool joined = together(config, user.ring) && target != Target::Voicemail && !all.empty();
        if (!joined) {
            all.push_back({{target}, ring});
            continue;
        }
        all.back().targets.push_back(target);
        all.back().ring = std::max(all.back().ring, ring);
    }
    return all;
}

Verdict verdict(Target who, int status) {
    const auto at = std::ranges::find_if(kRules, [&](const Rule& rule) {
        return rule.who == who && status >= rule.from && status <= rule.to;
    });
    return at == kRules.end() ? Verdict::GoOn : at->verdict;
}

} // namespace wakeline::call::ring_plan

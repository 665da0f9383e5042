// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "call/config.h"

/// Whom a call rings, in which order and for how long, when Wakeline hunts the user itself (routing:
/// ring_plan). No clock and no call: what it says is all that there is to say about the plan.
namespace wakeline::call::ring_plan {

enum class Target : std::uint8_t { Mobile, Desk, Cell, Voicemail };
std::string_view name(Target target);

struct Stage {
    std::vector<Target> targets;
    std::chrono::milliseconds ring{};
    bool has(Target target) const;
};

/// `reachable`: a mobile device is awake or can be woken. SBC-RING-02: then it rings first; SBC-RING-03: else
/// the desk does. Who has no number is left out, and so is the cell phone of a user who does not agree
/// (SBC-RING-06).
std::vector<Stage> stages(const RingPlanConfig& config, const Subscriber& user, bool reachable);

/// What is dialled for that target; empty for the mobile devices, and where there is none.
std::string number(const RingPlanConfig& config, const Subscriber& user, Target target);

/// What an answer means for the plan.
enum class Verdict : std::uint8_t {
    GoOn,      // with who else rings, then with the next stage
    Voicemail, // nobody else rings, the next stage is voicemail
    Stay,      // the PBX hunts by its own rules now: no next stage, and no end of this one
    End,       // the caller gets this answer
};

struct Rule {
    Target who;
    int from, to;
    Verdict verdict;
    std::string_view why;
};

// clang-format off
/// All other answers: GoOn.
inline constexpr std::array kRules{
    Rule{Target::Mobile, 600, 699, Verdict::Voicemail, "the user declined, wherever he is"},
    Rule{Target::Desk,   181, 181, Verdict::Stay,      "unconditional forwarding in the PBX wins"},
    Rule{Target::Desk,   300, 399, Verdict::End,       "the same, by a PBX that leaves it to the caller"},
    Rule{Target::Desk,   600, 699, Verdict::End,       "do not disturb in the PBX wins"},
    Rule{Target::Voicemail, 300, 399, Verdict::End,    "the caller's PBX knows the way"},
};
// clang-format on

Verdict verdict(Target who, int status);

} // namespace wakeline::call::ring_plan

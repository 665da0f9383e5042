// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/rate_limit.h"
#include "call/arrival.h"
#include "call/call_table.h"

namespace wakeline::call {

/// Whether a phone dials one of the emergency numbers, or asks for help by name (RFC 5031).
bool is_emergency(const EmergencyConfig& config, const sip::Uri& called);

/// Where calls are refused rather than served badly: how many there may be at a time, in a second, held, on a
/// trunk, on the line to the internet. Calls to emergency numbers pass all of them.
class Admission {
public:
    Admission(Context& context, const CallTable& calls);

    void configure(const LimitsConfig& limits);
    /// No new calls from now on; 503.
    void drain() { draining_ = true; }

    /// Gives the call its places, or says what its caller is told. `holds`: it would wait for a phone.
    /// `trunk`: the one that it comes from, or will probably take; null for none.
    std::optional<Ending> admit(const Arrival& arrival, Call::Invite& made, bool holds, trunk::Trunk* trunk);

private:
    /// Why no further call is taken; empty when one is.
    std::string full(const Call::Invite& made, bool holds);
    std::string take_places(const Arrival& arrival, Call::Invite& made, trunk::Trunk* trunk);
    Ending refuse(const Arrival& arrival, const std::string& why);
    Ending refuse_emergency() const;

    Context& context_;
    const CallTable& calls_;
    bool draining_ = false;
    RateLimit log_limit_{5, std::chrono::seconds(10)};
    std::optional<RateLimit> rate_; // limits.calls_per_second
};

} // namespace wakeline::call

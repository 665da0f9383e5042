// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "call/config.h"
#include "call/numbers_in_use.h"
#include "call/quota.h"
#include "registrar/binding.h"

namespace wakeline::call {

/// How many numbers may be registered and how many calls be up: admits, counts, warns ahead of the limit, and
/// keeps what was used. Where no limit is set it does nothing at all (SBC-LIC-05).
class Capacity {
public:
    struct Parts {
        net::TimerQueue& timers;
        UsageStore& store;
        Log& log;
        Metrics& metrics;
    };
    /// `kept`: slots of yesterday and today.
    Capacity(const Parts& parts, const LimitsConfig& limits, const std::vector<Usage>& kept);
    Capacity(const Capacity&) = delete;
    Capacity& operator=(const Capacity&) = delete;

    void configure(const LimitsConfig& limits);

    bool counts_numbers() const noexcept { return numbers_.quota.limited(); }
    /// Before a device of that user is registered. A refusal is counted.
    bool admits_number(std::string_view aor);
    void on_registered(std::string_view aor, net::WallTime until);
    /// `until`: the last registration that is left of that user ends then.
    void on_removed(std::string_view aor, net::WallTime until);
    /// Before a call is made. A refusal is counted.
    bool admits_call();
    void set_calls(std::size_t calls);

    std::vector<Quota::Snapshot> snapshot() const;
    /// One line for each limit that is near, for an administrator.
    std::vector<std::string> warnings() const;
    void history(net::WallTime from, net::WallTime to,
                 std::function<void(Result<std::vector<Usage>>)> callback) const {
        parts_.store.find(from, to, std::move(callback));
    }
    /// Writes what is not stored yet.
    void flush();

private:
    struct Gauges {
        Metric &allowed, &in_use, &refused;
    };
    struct Counted {
        explicit Counted(std::string of, std::string_view what) : quota(std::move(of)), name(what) {}
        Quota quota;
        std::string_view name; // in words
        std::optional<Gauges> gauges = {};
        bool warned = false;
    };

    void configure(Counted& counted, unsigned allowed, const LimitsConfig& limits, std::string_view labels);
    void use(Counted& counted, std::size_t in_use);
    bool admits(Counted& counted);
    void warn(Counted& counted);
    void count_numbers();
    void tick();
    bool any() const noexcept { return numbers_.quota.limited() || calls_.quota.limited(); }

    const Parts parts_;
    Counted numbers_{"numbers", "registered numbers"}, calls_{"calls", "calls"};
    NumbersInUse numbers_in_use_;
    bool statistics_ = true;
    net::WallTime forgot_{}; // old slots, last
    net::Timer tick_;
};

} // namespace wakeline::call

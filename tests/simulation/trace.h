// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>

#include "net/timer.h"

namespace wakeline::simulation {

/// Everything that happens in a schedule, printed when asked for, and always summed up in one number: two
/// runs of a seed are the same when that is.
class Trace {
public:
    Trace(const net::TimerQueue& timers, bool printed) : timers_(timers), printed_(printed) {}

    void note(std::string_view who, std::string_view what) {
        take(what);
        if (printed_)
            std::printf("%s  %.*s: %.*s\n", time().c_str(), width(who), who.data(), width(what), what.data());
    }
    void message(std::string_view from, std::string_view to, std::string_view text, std::string_view fate) {
        take(text);
        if (!printed_) return;
        std::printf("%s  %.*s -> %.*s%s%.*s\n", time().c_str(), width(from), from.data(), width(to),
                    to.data(), fate.empty() ? "" : "  ", width(fate), fate.data());
        while (!text.empty()) {
            const auto end = text.find("\r\n");
            std::printf("                %.*s\n", width(text.substr(0, end)), text.data());
            text.remove_prefix(end == text.npos ? text.size() : end + 2);
        }
    }
    bool printed() const noexcept { return printed_; }
    std::uint64_t sum() const noexcept { return sum_; }

private:
    static int width(std::string_view text) { return static_cast<int>(text.size()); }
    void take(std::string_view text) {
        const auto now = static_cast<std::uint64_t>(timers_.now().time_since_epoch().count());
        sum_ = (sum_ ^ std::hash<std::string_view>{}(text) ^ now) * 0x100000001b3;
    }
    std::string time() const {
        char text[32];
        std::snprintf(text, sizeof text, "%11.3f",
                      std::chrono::duration<double>(timers_.now().time_since_epoch()).count());
        return text;
    }

    const net::TimerQueue& timers_;
    const bool printed_;
    std::uint64_t sum_ = 0;
};

} // namespace wakeline::simulation

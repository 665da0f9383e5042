// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/log.h"
#include "call/call_record.h"
#include "net/timer.h"

namespace wakeline::call {

/// The record of a call while it lives: each step is timed, kept and logged in one place.
class Timeline {
public:
    Timeline(net::TimerQueue& timers, Log& log, CallRecord record);

    void note(std::string_view what, std::string device = {}, std::string detail = {});
    void state(CallState state) { record_.state = state; }
    void trunk(std::string name) { record_.trunk = std::move(name); }
    /// `answered` is noted and the answer time kept.
    void answered(std::string device);
    /// Once: the status that the caller got, or of a call that was up, 200, and why it is over.
    /// `told`: in the log as well, for whoever reads no more than that.
    void ended(int status, std::string reason, bool told = true);

    const CallRecord& record() const noexcept { return record_; }
    const std::string& id() const noexcept { return record_.id; }
    std::chrono::microseconds age() const;
    /// False when that is what is known already.
    bool security(const std::string& phone, const std::string& trunk);
    void set_media(media::MediaStats stats) { record_.media = std::move(stats); }

private:
    net::TimerQueue& timers_;
    Log& log_;
    net::TimePoint start_;
    CallRecord record_;
};

} // namespace wakeline::call

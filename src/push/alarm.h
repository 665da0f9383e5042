// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/log.h"
#include "net/timer.h"

namespace wakeline::push {

/// An error that every call of an app would repeat, said once for each reason and then once a minute, and
/// taken back when the service accepts us again.
class Alarm {
public:
    Alarm(Log& log, net::TimerQueue& clock, std::string app)
        : log_(log), clock_(clock), app_(std::move(app)) {}

    /// `sentence` says what is wrong, `advice` what to do about it.
    void raise(std::string_view sentence, const std::string& reason, std::string_view advice);
    void clear();
    /// Empty: all is well.
    const std::string& reason() const noexcept { return reason_; }

private:
    Log& log_;
    net::TimerQueue& clock_;
    const std::string app_;
    std::string reason_; // empty: not raised
    net::TimePoint said_{};
    std::uint64_t unsaid_ = 0;
};

} // namespace wakeline::push

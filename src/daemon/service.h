// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "net/timer.h"

namespace wakeline::daemon {

/// What systemd is told (sd_notify(3)); without systemd nothing happens. The watchdog is fed from the loop's
/// own timer: a loop that hangs is noticed.
class Service {
public:
    explicit Service(net::TimerQueue& timers) : watchdog_(timers) {}

    void ready(const std::string& status);
    void reloading();
    void stopping();

private:
    void feed(net::Duration every);

    net::Timer watchdog_;
};

} // namespace wakeline::daemon

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "daemon/watchdog.h"

namespace wakeline::daemon {

/// What systemd is told (sd_notify(3)); without systemd nothing happens.
class Service {
public:
    Service(net::TimerQueue& timers, Log& log);

    /// The watchdog shall hear of that thread, too.
    void watch(std::string thread, Watchdog::Post post);

    void ready(const std::string& status);
    void reloading();
    void draining();
    void stopping();

private:
    Watchdog watchdog_;
};

} // namespace wakeline::daemon

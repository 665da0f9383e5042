// SPDX-License-Identifier: Apache-2.0
#include "daemon/service.h"

#include <systemd/sd-daemon.h>

#include <chrono>

namespace wakeline::daemon {

Service::Service(net::TimerQueue& timers, Log& log)
    : watchdog_(timers, log, [] { ::sd_notify(0, "WATCHDOG=1"); }) {}

void Service::watch(std::string thread, Watchdog::Post post) {
    watchdog_.watch(std::move(thread), std::move(post));
}

void Service::ready(const std::string& status) {
    ::sd_notify(0, ("READY=1\nSTATUS=" + status).c_str());
    std::uint64_t limit_us = 0;
    if (::sd_watchdog_enabled(0, &limit_us) > 0) watchdog_.start(std::chrono::microseconds(limit_us / 3));
}

void Service::reloading() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    ::sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(us)).c_str());
}

void Service::draining() { ::sd_notify(0, "STATUS=draining: no new calls are taken"); }

void Service::stopping() { ::sd_notify(0, "STOPPING=1\nSTATUS=stopping"); }

} // namespace wakeline::daemon

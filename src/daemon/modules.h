// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/log.h"
#include "base/metrics.h"
#include "config/config.h"
#include "net/event_loop.h"

namespace wakeline::daemon {

/// What every module is built on.
struct Ground {
    net::EventLoop& loop;
    Log& log;
    Metrics& metrics;
};

/// The modules of the running daemon, wired to each other: built in the order of their dependence, taken down
/// in the reverse one.
class Modules {
public:
    /// An error is for the person who starts the daemon: an address in use, a file that cannot be opened.
    static Result<std::unique_ptr<Modules>> build(const Ground& ground, const config::Config& config);

private:
    Modules() = default;
};

} // namespace wakeline::daemon

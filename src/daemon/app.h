// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "admin/control_api.h"
#include "base/log.h"
#include "base/metrics.h"
#include "daemon/file_watch.h"
#include "daemon/log_sinks.h"
#include "daemon/modules.h"
#include "daemon/node_view.h"
#include "daemon/running_config.h"
#include "daemon/service.h"
#include "net/event_loop.h"

namespace wakeline::daemon {

/// The daemon from its first log line to its last: the loop, the modules on it, the ways in for an
/// administrator, signals, and systemd.
class App {
public:
    /// Libraries that are ready, and stay so longer than we do.
    struct Libraries {
        http::Library& http;
        const media::SrtpLibrary& srtp;
    };
    App(RunningConfig config, LogSink& sink, Libraries libraries);

    /// An error is for the person who starts the daemon.
    Status open();
    /// Serves until SIGTERM or SIGINT.
    void run();

private:
    admin::ReloadReport reload();
    void reload_credentials();
    void drain(std::optional<net::Duration> within);
    void wait_until_idle();
    void stop();
    void wait_for_calls();

    RunningConfig config_;
    LogSink& sink_;
    const Libraries libraries_;
    Log log_;
    Metrics metrics_;
    net::EventLoop loop_;
    Service service_;
    net::Timer stopping_;
    net::TimePoint stop_by_{};                          // 0: we serve
    net::TimePoint drained_by_ = net::TimePoint::max(); // while we drain: then we stop
    net::Duration last_words_{};
    std::unique_ptr<Modules> modules_;
    FileWatch credential_files_;
    std::unique_ptr<NodeView> view_;
    std::unique_ptr<admin::ControlApi> control_api_;
    std::unique_ptr<admin::ControlServers> control_;
};

} // namespace wakeline::daemon

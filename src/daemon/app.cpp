// SPDX-License-Identifier: Apache-2.0
#include "daemon/app.h"

#include <csignal>

namespace wakeline::daemon {

App::App(RunningConfig config, LogSink& sink, const http::Library& http)
    : config_(std::move(config)), sink_(sink), http_(http), log_(sink, config_.config().log.level),
      service_(loop_) {}

Status App::open() {
    auto modules = Modules::build({loop_, log_, metrics_, http_}, config_.config());
    if (!modules) return modules.error();
    modules_ = *std::move(modules);

    view_ = std::make_unique<NodeView>(NodeView::Parts{
        .timers = loop_, .log = log_, .modules = *modules_, .config = config_, .reload = [this] {
            return reload();
        }});
    control_api_ = std::make_unique<admin::ControlApi>(*view_, metrics_);
    auto control = admin::ControlServers::open(loop_, config_.config().control, *control_api_);
    if (!control) return control.error();
    control_ = *std::move(control);
    return Done{};
}

void App::run() {
    loop_.on_signal(SIGTERM, [this] { stop(); });
    loop_.on_signal(SIGINT, [this] { stop(); });
    loop_.on_signal(SIGHUP, [this] { reload(); });
    loop_.report_slow_callbacks(log_);
    for (const std::string& warning : config_.warnings())
        log_.warning(warning);
    log_.info("started",
              {{"version", WAKELINE_VERSION}, {"node", config_.config().node}, {"config", config_.file()}});
    service_.ready("serving");
    loop_.run();
    log_.info("stopped");
}

admin::ReloadReport App::reload() {
    service_.reloading();
    admin::ReloadReport report = config_.reload(*modules_, log_, sink_);
    service_.ready(report.applied ? "serving" : "serving; the last reload was refused");
    return report;
}

void App::stop() {
    log_.info("stopping");
    service_.stopping();
    loop_.stop();
}

} // namespace wakeline::daemon

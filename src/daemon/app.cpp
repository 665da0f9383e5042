// SPDX-License-Identifier: Apache-2.0
#include "daemon/app.h"

#include <csignal>

#include "daemon/credential_files.h"
#include "daemon/process.h"

namespace wakeline::daemon {

namespace {

constexpr net::Duration kGathering = std::chrono::milliseconds(5); // of events, while calls come by hundreds
constexpr net::Duration kStopWithin = std::chrono::seconds(4);
constexpr std::size_t kFewDescriptors = 10'000;
constexpr net::Duration kPause = std::chrono::milliseconds(50); // what is queued leaves
constexpr net::Duration kLook = std::chrono::milliseconds(200);
constexpr net::Duration kLastWords = std::chrono::milliseconds(600); // a BYE that was lost leaves once more

} // namespace

App::App(RunningConfig config, LogSink& sink, Libraries libraries)
    : config_(std::move(config)), sink_(sink), libraries_(libraries), log_(sink, config_.config().log.level),
      service_(loop_, log_), stopping_(loop_), credential_files_(loop_, [this] { reload_credentials(); }) {}

Status App::open() {
    auto modules =
        Modules::build({loop_, log_, metrics_, libraries_.http, libraries_.srtp}, config_.config());
    if (!modules) return modules.error();
    modules_ = *std::move(modules);
    for (net::Mailbox* thread : modules_->media().mailboxes())
        service_.watch("media", [thread](net::Mailbox::Letter letter) { thread->post(std::move(letter)); });

    view_ = std::make_unique<NodeView>(
        NodeView::Parts{.timers = loop_,
                        .log = log_,
                        .modules = *modules_,
                        .config = config_,
                        .reload = [this] { return reload(); },
                        .drain = [this](std::optional<net::Duration> within) { drain(within); }});
    control_api_ = std::make_unique<admin::ControlApi>(*view_, metrics_);
    auto control = admin::ControlServers::open(loop_, config_.config().control, *control_api_);
    if (!control) return control.error();
    control_ = *std::move(control);
    credential_files_.watch(credential_files(config_.config()));
    return Done{};
}

void App::run() {
    loop_.on_signal(SIGTERM, [this] { stop(); });
    loop_.on_signal(SIGINT, [this] { stop(); });
    loop_.on_signal(SIGHUP, [this] { reload(); });
    loop_.report_slow_callbacks(log_);
    loop_.set_pace(kGathering);
    for (const std::string& warning : config_.warnings())
        log_.warning(warning);
    if (const std::size_t limit = descriptor_limit(); limit < kFewDescriptors)
        log_.warning("few files may be open at a time, and each phone that is awake takes one: raise "
                     "LimitNOFILE of the unit, or ulimit -n",
                     {{"limit", std::to_string(limit)}});
    log_.info("started",
              {{"version", WAKELINE_VERSION}, {"node", config_.config().node}, {"config", config_.file()}});
    service_.ready("serving");
    loop_.run();
    modules_->capacity().flush();
    log_.info("stopped");
}

admin::ReloadReport App::reload() {
    service_.reloading();
    admin::ReloadReport report = config_.reload(*modules_, log_, sink_);
    credential_files_.watch(credential_files(config_.config()));
    service_.ready(report.applied ? "serving" : "serving; the last reload was refused");
    return report;
}

/// Half of what somebody still writes is refused, and read again when the other half comes.
void App::reload_credentials() {
    const auto failures = modules_->reload_credentials(config_.config());
    for (const std::string& failure : failures)
        log_.error("a changed file is not used, the earlier certificate or key stays in force: " + failure);
    if (failures.empty()) log_.info("certificates and keys were read again because their files changed");
}

/// New calls are answered 503, so that the PBX goes elsewhere; the calls of now end when their people like.
void App::drain(std::optional<net::Duration> within) {
    if (stop_by_ != net::TimePoint{}) return;
    log_.warning("no new calls are taken: the daemon ends when the others are over",
                 {{"calls", std::to_string(modules_->calls().count())}});
    service_.draining();
    modules_->calls().drain();
    drained_by_ = within ? loop_.now() + *within : net::TimePoint::max();
    stopping_.arm(kPause, [this] { wait_until_idle(); }); // who asked is answered first
}

void App::wait_until_idle() {
    if (modules_->calls().count() == 0 || loop_.now() >= drained_by_) return stop();
    stopping_.arm(kLook, [this] { wait_until_idle(); });
}

void App::stop() {
    if (stop_by_ != net::TimePoint{}) return loop_.stop(); // asked twice: at once
    log_.info("stopping", {{"calls", std::to_string(modules_->calls().count())}});
    service_.stopping();
    stop_by_ = loop_.now() + kStopWithin;
    last_words_ = modules_->calls().count() == 0 ? kPause : kLastWords;
    modules_->calls().drain();
    modules_->calls().end_all("Wakeline is stopping");
    wait_for_calls();
}

/// Calls wait for what their peers have to say, but a peer that is gone must not keep us.
void App::wait_for_calls() {
    if (modules_->calls().count() == 0 || loop_.now() >= stop_by_)
        return stopping_.arm(last_words_, [this] { loop_.stop(); });
    stopping_.arm(kPause, [this] { wait_for_calls(); });
}

} // namespace wakeline::daemon

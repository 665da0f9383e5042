// SPDX-License-Identifier: Apache-2.0
#include "daemon/running_config.h"

#include "base/text.h"
#include "config/compare.h"
#include "config/loader.h"
#include "daemon/process.h"

namespace wakeline::daemon {

namespace {

/// The settings that a reload applies, moved over; all others stay as the running modules have them.
void take_live_settings(config::Config& into, const config::Config& from) {
    into.push = from.push;
    into.limits = from.limits;
    into.call = from.call;
    into.routing = from.routing;
    into.ring_plan = from.ring_plan;
    const auto mode = into.registration.mode;
    into.registration = from.registration;
    into.registration.mode = mode;
    into.certificates = from.certificates;
    into.log.level = from.log.level;
}

config::Loaded load(const std::string& file) {
    config::Loaded loaded = config::load_config_file(file);
    if (loaded.config.node.empty()) loaded.config.node = host_name();
    return loaded;
}

/// One line each, for logs and status.
std::vector<std::string> lines(const std::string& file, const config::Problems& problems) {
    std::vector<std::string> out;
    const std::string report = config::report(file, problems);
    for (const std::string_view line : split(report, '\n'))
        if (!line.empty()) out.emplace_back(line);
    return out;
}

std::vector<std::string> warnings_in(const config::Problems& problems) {
    std::vector<std::string> out;
    for (const config::Problem& problem : problems)
        if (problem.gravity == config::Gravity::Warning)
            out.push_back(problem.path.empty() ? problem.message : problem.path + ": " + problem.message);
    return out;
}

} // namespace

std::variant<RunningConfig, config::Problems> RunningConfig::open(const std::string& file) {
    config::Loaded loaded = load(file);
    if (config::has_errors(loaded.problems)) return std::move(loaded.problems);
    return RunningConfig(file, std::move(loaded.config), warnings_in(loaded.problems));
}

admin::ReloadReport RunningConfig::reload(Modules& modules, Log& log, LogSink& sink) {
    admin::ReloadReport report;
    const config::Loaded loaded = load(file_);
    report.problems = lines(file_, loaded.problems);
    if (config::has_errors(loaded.problems)) {
        for (const std::string& problem : report.problems)
            log.error(problem);
        log.error("the configuration was not reloaded: the old one stays in force", {{"file", file_}});
        return report;
    }
    const config::Difference difference = config::compare(config_, loaded.config);
    take_live_settings(config_, loaded.config);
    warnings_ = warnings_in(loaded.problems);
    log.set_level(config_.log.level);
    for (const std::string& failure : modules.apply(config_)) {
        log.error(failure);
        report.problems.push_back(failure);
    }
    if (const auto reopened = sink.reopen(); !reopened) report.problems.push_back(reopened.error().message);

    report.applied = true;
    report.changed = difference.live;
    report.restart = difference.restart;
    for (const std::string& path : report.changed)
        log.info("a setting was changed", {{"setting", path}});
    for (const std::string& path : report.restart)
        log.warning("a changed setting waits for a restart", {{"setting", path}});
    log.info("the configuration was reloaded", {{"file", file_}});
    return report;
}

} // namespace wakeline::daemon

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "admin/node.h"
#include "config/config.h"
#include "config/problem.h"
#include "daemon/log_sinks.h"
#include "daemon/modules.h"

namespace wakeline::daemon {

/// The configuration in force, and its change while the daemon runs. A file with errors changes nothing; what
/// cannot change live waits, named, for a restart.
class RunningConfig {
public:
    /// At start; the problems when there is an error among them.
    static std::variant<RunningConfig, config::Problems> open(const std::string& file);

    admin::ReloadReport reload(Modules& modules, Log& log, LogSink& sink);

    const config::Config& config() const noexcept { return config_; }
    const std::string& file() const noexcept { return file_; }
    /// What the check of the file found besides errors.
    const std::vector<std::string>& warnings() const noexcept { return warnings_; }

private:
    RunningConfig(std::string file, config::Config config, std::vector<std::string> warnings)
        : file_(std::move(file)), config_(std::move(config)), warnings_(std::move(warnings)) {}

    std::string file_;
    config::Config config_;
    std::vector<std::string> warnings_;
};

} // namespace wakeline::daemon

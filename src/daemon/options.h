// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "base/options.h"

namespace wakeline::daemon {

inline constexpr const char* kDefaultConfig = "/etc/wakeline/wakeline.yaml";

inline constexpr std::array kOptions{
    Option{"config", "FILE", "Read this configuration instead of /etc/wakeline/wakeline.yaml."},
    Option{"check-config", "",
           "Say everything that is wrong with the configuration, and exit: 0 good, 2 not."},
    Option{"print-config", "[FORM]",
           "Print the configuration in effect, and exit. FORM example: a file with every setting explained; "
           "manual: the settings part of wakeline.yaml(5)."},
    Option{"version", "", "Print the version, and exit."},
    Option{"help", "", "Print this, and exit."},
};

/// What the command line asks for.
struct Invocation {
    enum class Task : std::uint8_t {
        Run,
        CheckConfig,
        PrintConfig,
        PrintExample,
        PrintManual,
        Version,
        Help
    };
    Task task = Task::Run;
    std::string config_file = kDefaultConfig;
};
Result<Invocation> parse_invocation(std::span<const char* const> words);

std::string help_text();

} // namespace wakeline::daemon

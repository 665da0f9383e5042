// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/log.h"

namespace wakeline {

enum class LogTarget : std::uint8_t {
    Journal, // standard error, with the <N> prefixes that journald understands
    Stderr,  // standard error, with the time
    File,
};

/// YAML section `log`.
struct LogConfig {
    LogLevel level = LogLevel::Med;
    LogTarget target = LogTarget::Journal;
    std::string file = "/var/log/wakeline/wakeline.log";
    bool rotate = false; // five files of 1 MB, the newest without a number
    bool operator==(const LogConfig&) const = default;
};

} // namespace wakeline

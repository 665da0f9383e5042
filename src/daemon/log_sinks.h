// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "base/config.h"
#include "base/log.h"
#include "base/result.h"

namespace wakeline::daemon {

/// Where the log goes, as configured. Lines are lost rather than that a full pipe or disk stops a thread.
class LogSink : public Log::Sink {
public:
    static Result<std::unique_ptr<LogSink>> open(const LogConfig& config);

    /// After logrotate moved the file away.
    virtual Status reopen() { return Done{}; }
};

/// The line as a file or terminal shows it: local time with milliseconds, a word for the severity.
std::string stamped_line(Severity severity, std::string_view line);

} // namespace wakeline::daemon

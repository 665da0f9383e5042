// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace wakeline {

/// What the administrator chooses (SBC-DIAG-01): nothing; errors and warnings; also events; everything.
enum class LogLevel : std::uint8_t { Off, Min, Med, Max };

/// Error: someone must act. Warning: might have to. Info: rare, and no peer can cause it without limit.
/// Debug: the rest.
enum class Severity : std::uint8_t { Error, Warning, Info, Debug };

struct LogField {
    std::string_view key;
    std::string value;
};

/// A sentence and key=value fields, one line each. Shared by every thread; every line about a call carries
/// call=<id>. Control characters and quotes in values are escaped, so that a peer cannot forge a line.
class Log {
public:
    /// Where finished lines go; called from any thread, one line at a time.
    class Sink {
    public:
        virtual ~Sink() = default;
        virtual void write(Severity severity, std::string_view line) = 0;
    };
    using Fields = std::initializer_list<LogField>;

    explicit Log(Sink& sink, LogLevel level = LogLevel::Med) : sink_(sink), level_(level) {}

    void set_level(LogLevel level) noexcept { level_.store(level, std::memory_order_relaxed); }
    LogLevel level() const noexcept { return level_.load(std::memory_order_relaxed); }
    /// Ask before building costly fields.
    bool enabled(Severity severity) const noexcept;

    void error(std::string_view sentence, Fields fields = {}) { write(Severity::Error, sentence, fields); }
    void warning(std::string_view sentence, Fields fields = {}) {
        write(Severity::Warning, sentence, fields);
    }
    void info(std::string_view sentence, Fields fields = {}) { write(Severity::Info, sentence, fields); }
    void debug(std::string_view sentence, Fields fields = {}) { write(Severity::Debug, sentence, fields); }

private:
    void write(Severity severity, std::string_view sentence, Fields fields);

    Sink& sink_;
    std::atomic<LogLevel> level_;
};

/// Lines on standard error with systemd's <N> priority prefix: the journal reads it, and so can a person.
class StderrSink final : public Log::Sink {
public:
    void write(Severity severity, std::string_view line) override;
};

/// For tests and tools that want silence.
class NullSink final : public Log::Sink {
public:
    void write(Severity, std::string_view) override {}
};

} // namespace wakeline

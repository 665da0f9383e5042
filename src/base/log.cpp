// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <unistd.h>

#include "base/bytes.h"

namespace wakeline {

namespace {

constexpr std::size_t kMaxValue = 512;

bool needs_quotes(std::string_view value) {
    for (const char c : value)
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) return true;
    return value.empty();
}

void append_value(std::string& out, std::string_view value) {
    const bool cut = value.size() > kMaxValue;
    value = value.substr(0, kMaxValue);
    const bool quoted = needs_quotes(value);
    if (quoted) out += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (static_cast<unsigned char>(c) < ' ' || c == 0x7f)
            out += "\\x" + hex(as_bytes({&c, 1}));
        else
            out += c;
    }
    if (quoted) out += '"';
    if (cut) out += "...";
}

/// sd-daemon(3) prefixes: the journal takes the priority from them.
constexpr char priority_digit(Severity severity) {
    switch (severity) {
    case Severity::Error: return '3';
    case Severity::Warning: return '4';
    case Severity::Info: return '6';
    case Severity::Debug: return '7';
    }
    return '7';
}

} // namespace

bool Log::enabled(Severity severity) const noexcept {
    switch (level()) {
    case LogLevel::Off: return false;
    case LogLevel::Min: return severity <= Severity::Warning;
    case LogLevel::Med: return severity <= Severity::Info;
    case LogLevel::Max: return true;
    }
    return true;
}

void Log::write(Severity severity, std::string_view sentence, Fields fields) {
    if (!enabled(severity)) return;
    std::string line(sentence);
    for (const LogField& field : fields) {
        ((line += ' ') += field.key) += '=';
        append_value(line, field.value);
    }
    sink_.write(severity, line);
}

void StderrSink::write(Severity severity, std::string_view line) {
    std::string text{'<', priority_digit(severity), '>'};
    (text += line) += '\n';
    // One write a line: lines of several threads do not mix. A full pipe loses the line rather than stop a
    // loop.
    static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
}

} // namespace wakeline

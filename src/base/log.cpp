// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <unistd.h>

#include <algorithm>

#include "base/bytes.h"

namespace wakeline {

namespace {

constexpr std::size_t kMaxValue = 512;

bool needs_quotes(std::string_view value) {
    for (const char c : value)
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) return true;
    return value.empty();
}

/// Octets of the printable character that `text` begins with (RFC 3629 section 4); 0 when it begins with
/// none.
std::size_t character(std::string_view text) {
    const auto at = [text](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    const unsigned first = at(0), second = at(1);
    if (first < 0x80) return first < ' ' || first == 0x7f ? 0 : 1;
    const std::size_t size = first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    for (std::size_t i = 1; i < size; ++i)
        if ((at(i) & 0xc0) != 0x80) return 0;
    const bool c1_control = first == 0xc2 && second < 0xa0;
    const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    const bool no_character = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
    return c1_control || overlong || no_character ? 0 : size;
}

/// The journal shows a line with anything else in it as "blob data".
void append_value(std::string& out, std::string_view value) {
    const bool cut = value.size() > kMaxValue;
    value = value.substr(0, kMaxValue);
    const bool quoted = needs_quotes(value);
    if (quoted) out += '"';
    while (!value.empty()) {
        const std::size_t size = character(value);
        if (size == 0)
            out += "\\x" + hex(as_bytes(value.substr(0, 1)));
        else if (value.front() == '"' || value.front() == '\\')
            (out += '\\') += value.front();
        else
            out += value.substr(0, size);
        value.remove_prefix(std::max<std::size_t>(size, 1));
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

// SPDX-License-Identifier: Apache-2.0
#include "sip/refusal.h"

#include <array>
#include <functional>

#include "base/bytes.h"
#include "base/text.h"
#include "sip/grammar.h"
#include "sip/header_name.h"
#include "sip/methods.h"
#include "sip/name_addr.h"
#include "sip/reason.h"

namespace wakeline::sip {

namespace {

/// Headers that a response repeats (RFC 3261 8.2.6.2), in the order in which we write them.
constexpr std::string_view kRepeated[] = {"Via", "From", "To", "Call-ID", "CSeq"};
enum : std::size_t { kVia, kFrom, kTo, kCallId, kCSeq };
constexpr std::size_t kMostRepeated = 8 * 1024; // octets; a request with more is not worth an answer

/// The raw values of what a response repeats; of all but Via the first.
struct RawHeaders {
    std::array<std::string, std::size(kRepeated)> lines; // complete lines, each with its CRLF
    std::size_t size = 0;

    void take(std::string_view line) {
        HeaderLine header;
        if (!HeaderLine::split(line, header) || header.value.empty()) return;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (!same_header(header.name, kRepeated[i]) || (i != kVia && !lines[i].empty())) continue;
            lines[i].append(kRepeated[i]).append(": ").append(header.value).append("\r\n");
            size += line.size();
        }
    }
};

/// The next header line with its continuation lines, without the last CRLF; empty at the end. A line that
/// holds a bare CR or LF ends there: it must not become two in our answer.
std::string_view next_line(std::string_view& bytes) {
    std::size_t end = 0;
    while (true) {
        end = bytes.find_first_of("\r\n", end);
        if (end == std::string_view::npos) end = bytes.size();
        const bool folded = bytes.substr(end).starts_with("\r\n") && end + 2 < bytes.size() && end != 0 &&
                            (bytes[end + 2] == ' ' || bytes[end + 2] == '\t');
        if (!folded) break;
        end += 2;
    }
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end);
    bytes.remove_prefix(bytes.starts_with("\r\n") ? 2 : bytes.empty() ? 0 : 1);
    return line;
}

RawHeaders collect(std::string_view bytes) {
    RawHeaders raw;
    while (raw.size <= kMostRepeated) {
        const std::string_view line = next_line(bytes);
        if (line.empty()) break;
        raw.take(line);
    }
    return raw;
}

/// The same tag for a retransmission, without keeping state (RFC 3261 8.2.7).
std::string tag_for(const RawHeaders& raw) {
    const std::uint64_t hash =
        std::hash<std::string>{}(raw.lines[kVia] + raw.lines[kCallId] + raw.lines[kCSeq]);
    return hex({reinterpret_cast<const std::uint8_t*>(&hash), sizeof hash});
}

void add_tag(RawHeaders& raw) {
    std::string& line = raw.lines[kTo];
    if (line.empty()) return;
    const auto to = NameAddr::parse(std::string_view(line).substr(line.find(':') + 1));
    if (to && to->tag().empty()) line.insert(line.size() - 2, ";tag=" + tag_for(raw));
}

} // namespace

Refusal refuse(std::string_view bytes, int status, std::string why) {
    Refusal refusal{status, std::move(why), {}};
    const std::string_view start_line = next_line(bytes);
    const std::string_view method = start_line.substr(0, start_line.find(' '));
    RawHeaders raw = collect(bytes);
    if (status == 0 || !grammar::is_token(method) || method == "ACK" || raw.lines[kVia].empty() ||
        raw.size > kMostRepeated) {
        refusal.status = 0;
        return refusal;
    }
    add_tag(raw);
    refusal.response = "SIP/2.0 " + std::to_string(status) + ' ';
    refusal.response.append(default_reason(status)).append("\r\n");
    for (const std::string& line : raw.lines)
        refusal.response += line;
    if (status == 501 || status == 405) refusal.response.append("Allow: ").append(kAllow).append("\r\n");
    refusal.response += "Content-Length: 0\r\n\r\n";
    return refusal;
}

} // namespace wakeline::sip

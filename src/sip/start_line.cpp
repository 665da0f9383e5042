// SPDX-License-Identifier: Apache-2.0
#include "sip/start_line.h"

#include <algorithm>

#include "base/text.h"
#include "sip/grammar.h"

namespace wakeline::sip {

namespace {

constexpr std::string_view kVersion = "SIP/2.0";

/// SIP "/" 1*DIGIT "." 1*DIGIT
bool is_sip_version(std::string_view text) {
    if (!istarts_with(text, "SIP/")) return false;
    const auto dot = text.find('.');
    const auto digits = [](std::string_view part) {
        return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
    };
    return dot != std::string_view::npos && digits(text.substr(4, dot - 4)) && digits(text.substr(dot + 1));
}

std::variant<RequestLine, StatusLine, BadStartLine> parse_status_line(std::string_view line) {
    // A peer may leave out the space before an empty reason.
    const std::string_view rest = line.substr(std::min(line.size(), kVersion.size() + 1));
    const auto status = parse_unsigned<unsigned>(rest.substr(0, 3));
    const bool ended = rest.size() == 3 || (rest.size() > 3 && rest[3] == ' ');
    if (!status || *status < 100 || *status > 699 || !ended)
        return BadStartLine{0, "a status line without status"};
    return StatusLine{static_cast<int>(*status), rest.substr(std::min<std::size_t>(rest.size(), 4))};
}

} // namespace

std::variant<RequestLine, StatusLine, BadStartLine> parse_start_line(std::string_view line) {
    if (istarts_with(line, "SIP/2.0 ")) return parse_status_line(line);
    if (istarts_with(line, "SIP/")) return BadStartLine{0, "a response of another version"};
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return BadStartLine{400, "no request line"};
    const RequestLine request{line.substr(0, first), line.substr(first + 1, last - first - 1)};
    const std::string_view version = line.substr(last + 1);
    if (!grammar::is_token(request.method)) return BadStartLine{400, "a method that is no token"};
    if (request.uri.empty() || request.uri.find_first_of(" \t") != std::string_view::npos)
        return BadStartLine{400, "spaces in the request line"};
    if (iequals(version, kVersion)) return request;
    if (is_sip_version(version)) return BadStartLine{505, "another version than SIP/2.0"};
    return BadStartLine{400, "a request line without version"};
}

} // namespace wakeline::sip

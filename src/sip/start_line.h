// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <variant>

#include "sip/refusal.h"

namespace wakeline::sip {

/// `INVITE sip:bob@example.com SIP/2.0`: single spaces, nothing behind the version (RFC 3261 7.1).
struct RequestLine {
    std::string_view method, uri;
};

/// `SIP/2.0 180 Ringing`; the reason may be empty.
struct StatusLine {
    int status = 0;
    std::string_view reason;
};

/// A start line that is neither: the status to answer with, 0 for a response.
struct BadStartLine {
    int status = 400;
    std::string_view why;
};

/// `line` without its CRLF.
std::variant<RequestLine, StatusLine, BadStartLine> parse_start_line(std::string_view line);

} // namespace wakeline::sip

// SPDX-License-Identifier: Apache-2.0
#include "sip/header_name.h"

#include "base/text.h"
#include "sip/grammar.h"

namespace wakeline::sip {

namespace {

/// The long names of the letters a to z: RFC 3261 7.3.3, RFC 3515, 3841, 3892, 4028, 4474, 6665.
constexpr std::string_view kCompact[26] = {"Accept-Contact",
                                           "Referred-By",
                                           "Content-Type",
                                           "Request-Disposition",
                                           "Content-Encoding",
                                           "From",
                                           "",
                                           "",
                                           "Call-ID",
                                           "Reject-Contact",
                                           "Supported",
                                           "Content-Length",
                                           "Contact",
                                           "Identity-Info",
                                           "Event",
                                           "",
                                           "",
                                           "Refer-To",
                                           "Subject",
                                           "To",
                                           "Allow-Events",
                                           "Via",
                                           "",
                                           "Session-Expires",
                                           "Identity",
                                           ""};

} // namespace

std::string_view long_name(std::string_view name) noexcept {
    if (name.size() != 1) return name;
    const char letter = lower(name.front());
    if (letter < 'a' || letter > 'z') return name;
    const std::string_view full = kCompact[letter - 'a'];
    return full.empty() ? name : full;
}

bool same_header(std::string_view a, std::string_view b) noexcept {
    return iequals(long_name(a), long_name(b));
}

bool HeaderLine::split(std::string_view line, HeaderLine& into) noexcept {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    into.name = trim(line.substr(0, colon));
    into.value = trim(line.substr(colon + 1));
    return grammar::is_token(into.name);
}

} // namespace wakeline::sip

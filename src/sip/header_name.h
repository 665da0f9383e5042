// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace wakeline::sip {

/// The long name for a compact one ("i" is Call-ID); any other name as it is.
std::string_view long_name(std::string_view name) noexcept;

/// Same header: without case, compact or long.
bool same_header(std::string_view a, std::string_view b) noexcept;

/// One header line as it came, "Name : value CRLF"; the value trimmed, still folded.
struct HeaderLine {
    std::string_view name, value;
    /// False when there is no ':' or no token before it.
    static bool split(std::string_view line, HeaderLine& into) noexcept;
};

} // namespace wakeline::sip

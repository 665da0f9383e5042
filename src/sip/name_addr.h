// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sip/uri.h"

namespace wakeline::sip {

/// `"Display" <uri>;params`, the form of From, To, Contact, Route ... (RFC 3261 section 20.10).
struct NameAddr {
    std::string display; // unquoted and unescaped
    Uri uri;
    Params params;

    static Result<NameAddr> parse(std::string_view text);
    /// The same into this one, which is new. Why it cannot be; empty when it could.
    std::string_view read(std::string_view text);
    /// Every element of the comma lists in `lines`; the first that is wrong makes all of it wrong.
    static Result<std::vector<NameAddr>> parse_list(std::span<const std::string> lines);
    /// Always with angle brackets; the display name quoted.
    std::string str() const;
    std::string_view tag() const { return params.get("tag").value_or(std::string_view{}); }
    bool operator==(const NameAddr&) const = default;
};

} // namespace wakeline::sip

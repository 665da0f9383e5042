// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace wakeline::sip {

/// One challenge or one set of credentials: `Digest realm="x", nonce="y", qop=auth` (RFC 3261 section 20.7,
/// RFC 7616). Also reads Authentication-Info, which has no scheme.
class AuthHeader {
public:
    /// Refuses a parameter given twice: two parties might read different ones.
    static Result<AuthHeader> parse(std::string_view value);
    static Result<AuthHeader> parse_info(std::string_view value);

    const std::string& scheme() const noexcept { return scheme_; }
    bool is_digest() const;
    /// Without quotes and backslashes.
    std::optional<std::string_view> get(std::string_view name) const;
    /// The parameter is there and says this, without case.
    bool says(std::string_view name, std::string_view value) const;

private:
    Status take(std::string_view list);

    std::string scheme_;
    std::vector<std::pair<std::string, std::string>> params_;
};

} // namespace wakeline::sip

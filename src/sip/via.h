// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sip/params.h"

namespace wakeline::sip {

/// One Via value (RFC 3261 section 20.42).
struct Via {
    std::string transport;  // upper case: UDP, TCP, TLS ...
    std::string host;       // IPv6 in brackets
    std::uint16_t port = 0; // 0: none given
    std::string branch;
    Params params; // the branch is here as well

    static Result<Via> parse(std::string_view text);
    /// The same into this one, which is new. Why it cannot be; empty when it could.
    std::string_view read(std::string_view text);
    std::string str() const;
    bool operator==(const Via&) const = default;
};

} // namespace wakeline::sip

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sip/params.h"

namespace wakeline::sip {

/// A SIP, SIPS or TEL URI (RFC 3261 section 19, RFC 3966). Of other schemes only scheme and `host` (the rest)
/// are known.
struct Uri {
    std::string scheme = "sip"; // lower case
    std::string user;           // escaped, as on the wire; for tel: the number
    std::string password;
    std::string host;       // lower case; IPv6 in brackets
    std::uint16_t port = 0; // 0: none given
    Params params;
    std::string headers; // after '?', escaped; never acted upon

    /// Strict about structure (no spaces, one '@', a valid host and port), liberal about which printable
    /// characters a user part holds. Any length.
    static Result<Uri> parse(std::string_view text);
    /// The same into this one, which is new. Why it cannot be; empty when it could.
    std::string_view read(std::string_view text);
    std::string str() const;
    void append_to(std::string& out) const;

    /// `user` unescaped; falls back to the escaped text when the escapes are wrong.
    std::string decoded_user() const;
    /// "host" or "host:port".
    std::string hostport() const;
    /// The address of record this URI names: scheme sip, user unescaped and lower-cased host, no port or
    /// parameters.
    std::string aor() const;
    bool is_sip() const noexcept { return scheme == "sip" || scheme == "sips"; }
    /// RFC 3261 section 19.1.4.
    bool equivalent(const Uri& other) const;
    bool operator==(const Uri&) const = default;
};

} // namespace wakeline::sip

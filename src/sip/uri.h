// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace wakeline::sip {

/// An ordered list of `;name=value` parameters, of a URI or of a header. Names compare without case (RFC
/// 3261 7.3.1).
class Params {
public:
    struct Param {
        std::string name;
        std::optional<std::string> value; // as on the wire: escaped, or with its quotes
        bool operator==(const Param&) const = default;
    };

    /// From text that starts with ';' or is empty. Quoted strings may hold ';'.
    static Result<Params> parse(std::string_view text);

    bool has(std::string_view name) const { return find(name) != nullptr; }
    /// The value, empty for a parameter without one; nothing when it is absent.
    std::optional<std::string_view> get(std::string_view name) const;
    void set(std::string_view name, std::optional<std::string> value);
    /// Removes every parameter with that name; `erase_prefix("pn-")` every one whose name starts so.
    void erase(std::string_view name);
    void erase_prefix(std::string_view prefix);

    bool empty() const noexcept { return list_.empty(); }
    const std::vector<Param>& list() const noexcept { return list_; }
    std::string str() const;
    bool operator==(const Params&) const = default;

private:
    const Param* find(std::string_view name) const;
    std::vector<Param> list_;
};

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

    static Result<Uri> parse(std::string_view text);
    std::string str() const;

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

/// `"Display" <uri>;params`, the form of From, To, Contact, Route ... (RFC 3261 section 20.10).
struct NameAddr {
    std::string display; // unquoted and unescaped
    Uri uri;
    Params params;

    static Result<NameAddr> parse(std::string_view text);
    /// Always with angle brackets; the display name quoted.
    std::string str() const;
    std::string_view tag() const { return params.get("tag").value_or(std::string_view{}); }
    bool operator==(const NameAddr&) const = default;
};

} // namespace wakeline::sip

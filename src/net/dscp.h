// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wakeline::net {

/// How packets are marked: a differentiated services code point (RFC 2474), 0 to 63.
struct Dscp {
    unsigned value = 0;

    /// A number, a name of RFC 4594 ("EF", "CS5", "AF41", "BE"), or "tos N" with the whole octet, 0 to 252,
    /// in which the two bits of ECN (RFC 3168) are 0. Letter case is ignored.
    static std::optional<Dscp> parse(std::string_view text);
    /// The name when it has one, else the number.
    std::string str() const;

    bool operator==(const Dscp&) const = default;
};

} // namespace wakeline::net

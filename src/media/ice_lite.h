// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "media/stun_message.h"

namespace wakeline::media {

/// What connectivity checks are made with (RFC 8445 section 5.3). The password is a key: never logged.
struct IceCredentials {
    static constexpr std::size_t kUfragSize = 8, kPasswordSize = 24;

    std::string ufrag, password;

    static IceCredentials random();
    /// As RFC 8839 section 5.4 allows them in SDP.
    bool acceptable() const;
    bool operator==(const IceCredentials&) const = default;
};

/// ICE of one leg: we are lite, so that the peer checks and we answer.
struct IcePlan {
    IceCredentials ours;
    std::string their_ufrag;
    bool operator==(const IcePlan&) const = default;
};

/// RFC 8445 section 7.3 for a lite agent.
struct IceCheck {
    /// Dropped: nobody who could know our password; it gets no answer. Refused: he gets an error. Valid: his
    /// address is proved. Nominated: media goes there.
    enum class Verdict : std::uint8_t { Dropped, Refused, Valid, Nominated };

    Verdict verdict = Verdict::Dropped;
    Bytes response;

    /// `source`: where the request came from.
    static IceCheck answer(const StunMessage& request, const IcePlan& plan, const net::SocketAddress& source);
};

/// The part of a check's USERNAME that names our side; empty when it is no USERNAME of a check.
std::string_view ufrag_asked(const StunMessage& request);

/// The priority of a host candidate of ours (RFC 8445 section 5.1.2.1), component 1 or 2.
constexpr std::uint32_t host_priority(unsigned component) {
    return 126u << 24 | 65'535u << 8 | (256u - component);
}

} // namespace wakeline::media

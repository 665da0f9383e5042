// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "net/peer_certificate.h"

namespace wakeline::net {

enum class Io : std::uint8_t { Done, WantRead, WantWrite, Closed, Failed };

struct IoResult {
    Io io;
    std::size_t bytes = 0; // with Done, at least one
};

/// How octets go through one non-blocking socket: as they are, or by TLS. No events, no queue, no policy.
class Channel {
public:
    virtual ~Channel() = default;
    virtual Io handshake() = 0; // Done, WantRead, WantWrite, Failed
    virtual IoResult read(std::span<char> into) = 0;
    virtual IoResult write(std::string_view data) = 0;
    /// Octets wait inside, although the socket has none: no readiness will be reported for them.
    virtual bool pending() const = 0;
    /// Tells the peer that we send no more, as far as that goes without waiting.
    virtual void say_goodbye() = 0;
    /// After Failed: why, for a log line.
    virtual const std::string& why() const = 0;
    virtual const PeerCertificate& peer() const = 0;
};

} // namespace wakeline::net

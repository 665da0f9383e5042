// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/result.h"
#include "media/media_sessions.h"
#include "media/stream_description.h"

namespace wakeline::media {

/// A socket of the relay, as streams name it.
using SocketId = std::uint16_t;

/// Where one leg of a stream receives: RTP on an even port, RTCP on the next (RFC 3550 section 11).
struct LocalPorts {
    SocketId rtp = 0, rtcp = 0;
    net::SocketAddress told; // for SDP: the RTP port at the address that this side can reach
    bool operator==(const LocalPorts&) const = default;
};

/// Gives a leg its local ports: the shared ones, or a pair of its own from a range.
class Ports {
public:
    virtual ~Ports() = default;
    /// An error (Exhausted) means that a range has no free pair.
    virtual Result<LocalPorts> acquire(MediaSide side, MediaKind kind, bool secure) = 0;
    virtual void release(const LocalPorts& ports) = 0;
    /// The address that this side is told; its port means nothing.
    virtual net::SocketAddress address(MediaSide side) const = 0;
    /// Whether packets sent there would come back to the relay itself.
    virtual bool ours(const net::SocketAddress& address) const = 0;
};

} // namespace wakeline::media

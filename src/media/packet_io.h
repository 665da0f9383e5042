// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "media/ports.h"

namespace wakeline::media {

/// Moves packets between the network and a relay, which sees batches of `Packet` only. Sockets are one way
/// (PacketPump); another one, such as AF_XDP rings, changes neither relay nor sessions.
class PacketIo {
public:
    virtual ~PacketIo() = default;

    /// From now on, what comes to this socket goes through the relay, and what the relay sends from `id`
    /// leaves by it. The socket stays the caller's, and is open until `remove`.
    virtual void add(SocketId id, int fd) = 0;
    virtual void remove(SocketId id) = 0;

    /// One packet that answers none: DTLS flights that are sent again. It may be lost, as any.
    virtual void send(SocketId from, const net::SocketAddress& to, ByteView packet) = 0;
};

} // namespace wakeline::media

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/ports.h"
#include "net/fd.h"

namespace wakeline::media {

struct MediaSocket {
    SocketId id = 0;
    MediaKind kind = MediaKind::Audio;
    bool rtcp = false;
    net::SocketAddress local;
    net::Fd fd;

    /// Bound, marked, with room for bursts. With IP_PMTUDISC_PROBE the kernel keeps no path MTU and numbers
    /// no packets, which is 6 % cheaper; packets too large for the link are refused (EMSGSIZE).
    static Result<net::Fd> open(const net::SocketAddress& address, unsigned dscp);
};

} // namespace wakeline::media

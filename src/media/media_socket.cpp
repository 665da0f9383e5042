// SPDX-License-Identifier: Apache-2.0
#include "media/media_socket.h"

#include <netinet/in.h>

#include "net/socket.h"

namespace wakeline::media {

namespace {

constexpr int kBufferBytes = 4 << 20;

} // namespace

Result<net::Fd> MediaSocket::open(const net::SocketAddress& address, unsigned dscp) {
    auto fd = net::new_socket(address, SOCK_DGRAM);
    if (!fd) return fd;
    net::set_flag(*fd, SOL_SOCKET, SO_RCVBUF, kBufferBytes);
    net::set_flag(*fd, SOL_SOCKET, SO_SNDBUF, kBufferBytes);
    // Past net.core.rmem_max, where we may.
    net::set_flag(*fd, SOL_SOCKET, SO_RCVBUFFORCE, kBufferBytes);
    net::set_flag(*fd, SOL_SOCKET, SO_SNDBUFFORCE, kBufferBytes);
    if (address.is_v6())
        net::set_flag(*fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE);
    else
        net::set_flag(*fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
    net::set_dscp(*fd, address.family(), dscp);
    if (auto bound = net::bind_socket(*fd, address); !bound) return bound.error();
    return fd;
}

} // namespace wakeline::media

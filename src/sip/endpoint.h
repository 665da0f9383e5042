// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "net/socket_address.h"
#include "sip/transport.h"

namespace wakeline::sip {

/// One of our own addresses, and how it presents itself.
struct Endpoint {
    std::string name; // of the listener or trunk
    Side side = Side::Access;
    TransportKind kind = TransportKind::Udp;
    net::SocketAddress address; // to bind; port 0: the system's choice
    std::string public_host;    // told to the peer; empty: the address of the flow
    unsigned dscp = 0;

    /// host:port for Via and Contact on a flow whose own address is `local`, when we listen on `port`.
    std::string sent_by(const net::SocketAddress& local, std::uint16_t port) const;
    FlowInfo flow(const net::SocketAddress& local, const net::SocketAddress& remote,
                  std::uint16_t port) const;
};

} // namespace wakeline::sip

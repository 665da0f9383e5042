// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <span>

#include "media/ports.h"

namespace wakeline::media {

/// A datagram on its way through the relay, changed in place. Whoever moves packets (sockets, a test, a
/// fuzzer) fills in where it came from; the relay says where it goes.
struct Packet {
    std::span<std::uint8_t> room; // the data, and what SRTP may add
    std::size_t size = 0;
    SocketId from_socket = 0;
    union {
        sockaddr any;
        sockaddr_in v4;
        sockaddr_in6 v6;
    } from{};

    const sockaddr* to = nullptr; // null: nowhere. Good until the relay is used again
    socklen_t to_size = 0;
    SocketId to_socket = 0;

    std::span<const std::uint8_t> data() const noexcept { return room.first(size); }
    /// `address` must stay until the packet has left.
    void send_to(const net::SocketAddress& address, SocketId socket) noexcept {
        to = address.sa();
        to_size = address.size();
        to_socket = socket;
    }
    /// Back to where it came from.
    void answer() noexcept {
        to = &from.any;
        to_size = from.any.sa_family == AF_INET6 ? sizeof from.v6 : sizeof from.v4;
        to_socket = from_socket;
    }
};

} // namespace wakeline::media

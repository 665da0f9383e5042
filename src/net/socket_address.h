// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wakeline::net {

/// An IPv4 or IPv6 address with a port; numeric only, never a name. IPv4-mapped IPv6 is kept as IPv4.
class SocketAddress {
public:
    SocketAddress() = default; // unspecified: family AF_UNSPEC
    static Result<SocketAddress> parse(std::string_view ip, std::uint16_t port);
    /// "192.0.2.1:5060" or "[2001:db8::1]:5060".
    static Result<SocketAddress> parse(std::string_view ip_and_port);
    static SocketAddress from(const sockaddr* address, socklen_t size);

    bool valid() const noexcept { return family() != AF_UNSPEC; }
    sa_family_t family() const noexcept { return address_.any.sa_family; }
    bool is_v6() const noexcept { return family() == AF_INET6; }
    std::uint16_t port() const noexcept;
    void set_port(std::uint16_t port) noexcept;

    std::string ip() const;   // no brackets
    std::string host() const; // IPv6 in brackets, as URIs want it
    std::string str() const;  // host:port

    bool same_ip(const SocketAddress& other) const noexcept;
    bool is_unspecified() const noexcept; // 0.0.0.0 or ::
    bool is_loopback() const noexcept;
    bool is_multicast() const noexcept;
    bool is_broadcast() const noexcept; // 255.255.255.255

    const sockaddr* sa() const noexcept { return &address_.any; }
    socklen_t size() const noexcept;

    bool operator==(const SocketAddress& other) const noexcept;
    std::size_t hash() const noexcept;

private:
    union {
        sockaddr any;
        sockaddr_in v4;
        sockaddr_in6 v6;
    } address_{};
};

} // namespace wakeline::net

template <>
struct std::hash<wakeline::net::SocketAddress> {
    std::size_t operator()(const wakeline::net::SocketAddress& a) const noexcept { return a.hash(); }
};

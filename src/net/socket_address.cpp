// SPDX-License-Identifier: Apache-2.0
#include "net/socket_address.h"

#include <arpa/inet.h>

#include <cstring>
#include <string_view>

#include "base/text.h"

namespace wakeline::net {

Result<SocketAddress> SocketAddress::parse(std::string_view ip, std::uint16_t port) {
    if (ip.starts_with('[') && ip.ends_with(']')) ip = ip.substr(1, ip.size() - 2);
    const std::string text(ip); // inet_pton wants a terminated string
    SocketAddress result;
    if (inet_pton(AF_INET, text.c_str(), &result.address_.v4.sin_addr) == 1) {
        result.address_.v4.sin_family = AF_INET;
        result.address_.v4.sin_port = htons(port);
        return result;
    }
    sockaddr_in6 v6{};
    if (inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        return from(reinterpret_cast<const sockaddr*>(&v6), sizeof v6);
    }
    return Error{ErrorCode::InvalidInput, "\"" + text + "\" is not an IPv4 or IPv6 address"};
}

Result<SocketAddress> SocketAddress::parse(std::string_view ip_and_port) {
    const auto colon = ip_and_port.rfind(':');
    const auto wanted = Error{ErrorCode::InvalidInput,
                              "\"" + std::string(ip_and_port) + "\" is not address:port (IPv6 in brackets)"};
    if (colon == std::string_view::npos) return wanted;
    const auto ip = ip_and_port.substr(0, colon);
    const auto port = parse_unsigned<std::uint16_t>(ip_and_port.substr(colon + 1));
    if (!port || (ip.find(':') != std::string_view::npos && !ip.starts_with('['))) return wanted;
    return parse(ip, *port);
}

SocketAddress SocketAddress::from(const sockaddr* address, socklen_t size) {
    SocketAddress result;
    if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
        std::memcpy(&result.address_.v4, address, sizeof(sockaddr_in));
        std::memset(result.address_.v4.sin_zero, 0, sizeof result.address_.v4.sin_zero);
    } else if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
        sockaddr_in6 v6;
        std::memcpy(&v6, address, sizeof v6);
        if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
            result.address_.v4.sin_family = AF_INET;
            result.address_.v4.sin_port = v6.sin6_port;
            std::memcpy(&result.address_.v4.sin_addr, &v6.sin6_addr.s6_addr[12], 4);
        } else {
            v6.sin6_flowinfo = 0;
            result.address_.v6 = v6;
        }
    }
    return result;
}

std::uint16_t SocketAddress::port() const noexcept {
    return ntohs(is_v6() ? address_.v6.sin6_port : address_.v4.sin_port);
}

void SocketAddress::set_port(std::uint16_t port) noexcept {
    (is_v6() ? address_.v6.sin6_port : address_.v4.sin_port) = htons(port);
}

std::string SocketAddress::ip() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (!valid()) return "-";
    if (is_v6()) return inet_ntop(AF_INET6, &address_.v6.sin6_addr, text.data(), text.size());
    // inet_ntop is a printf, and every response names an address.
    const std::uint32_t v4 = ntohl(address_.v4.sin_addr.s_addr);
    char* end = text.data();
    for (int shift = 24; shift >= 0; shift -= 8) {
        end = std::to_chars(end, text.data() + text.size(), v4 >> shift & 0xff).ptr;
        if (shift != 0) *end++ = '.';
    }
    return {text.data(), end};
}

std::string SocketAddress::host() const { return is_v6() ? "[" + ip() + "]" : ip(); }
std::string SocketAddress::str() const { return valid() ? host() + ":" + std::to_string(port()) : "-"; }

bool SocketAddress::same_ip(const SocketAddress& other) const noexcept {
    if (family() != other.family()) return false;
    if (is_v6()) return std::memcmp(&address_.v6.sin6_addr, &other.address_.v6.sin6_addr, 16) == 0;
    return address_.v4.sin_addr.s_addr == other.address_.v4.sin_addr.s_addr;
}

bool SocketAddress::is_unspecified() const noexcept {
    return is_v6() ? IN6_IS_ADDR_UNSPECIFIED(&address_.v6.sin6_addr)
                   : address_.v4.sin_addr.s_addr == INADDR_ANY;
}

bool SocketAddress::is_loopback() const noexcept {
    return is_v6() ? IN6_IS_ADDR_LOOPBACK(&address_.v6.sin6_addr)
                   : ntohl(address_.v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

bool SocketAddress::is_multicast() const noexcept {
    return is_v6() ? IN6_IS_ADDR_MULTICAST(&address_.v6.sin6_addr)
                   : IN_MULTICAST(ntohl(address_.v4.sin_addr.s_addr));
}

bool SocketAddress::is_broadcast() const noexcept {
    return !is_v6() && address_.v4.sin_addr.s_addr == INADDR_BROADCAST;
}

socklen_t SocketAddress::size() const noexcept {
    return is_v6() ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
}

bool SocketAddress::operator==(const SocketAddress& other) const noexcept {
    return same_ip(other) && port() == other.port() &&
           (!is_v6() || address_.v6.sin6_scope_id == other.address_.v6.sin6_scope_id);
}

std::size_t SocketAddress::hash() const noexcept {
    const auto* raw = is_v6() ? reinterpret_cast<const char*>(&address_.v6.sin6_addr)
                              : reinterpret_cast<const char*>(&address_.v4.sin_addr);
    const std::size_t ip = std::hash<std::string_view>{}({raw, is_v6() ? 16u : 4u});
    return ip ^ (std::size_t{port()} * 0x9e3779b97f4a7c15u);
}

} // namespace wakeline::net

// SPDX-License-Identifier: Apache-2.0
#include "net/socket.h"

#include <netinet/ip.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace wakeline::net {

SocketAddress source_network(const SocketAddress& from) {
    SocketAddress source = from;
    if (from.is_v6()) {
        sockaddr_in6 prefix{AF_INET6, 0, 0, reinterpret_cast<const sockaddr_in6*>(from.sa())->sin6_addr, 0};
        std::memset(&prefix.sin6_addr.s6_addr[8], 0, 8);
        source = SocketAddress::from(reinterpret_cast<const sockaddr*>(&prefix), sizeof prefix);
    }
    source.set_port(0);
    return source;
}

std::string errno_text(int error) { return std::generic_category().message(error); }

void set_flag(const Fd& fd, int level, int option, int value) {
    static_cast<void>(setsockopt(fd.get(), level, option, &value, sizeof value));
}

Result<Fd> new_socket(const SocketAddress& address, int type) {
    Fd fd(::socket(address.family(), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd)
        return Error{ErrorCode::Exhausted,
                     "cannot open a socket for " + address.str() + ": " + errno_text(errno)};
    if (address.is_v6()) set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY);
    return fd;
}

Status bind_socket(const Fd& fd, const SocketAddress& address) {
    if (::bind(fd.get(), address.sa(), address.size()) == 0) return Done{};
    const int error = errno;
    std::string message = "cannot bind " + address.str() + ": " + errno_text(error);
    if (error == EADDRINUSE) message += " (another program has this port: ss -anp shows which)";
    if (error == EADDRNOTAVAIL) message += " (this machine has no such address: ip addr shows which it has)";
    return Error{ErrorCode::Io, std::move(message)};
}

void set_dscp(const Fd& fd, sa_family_t family, unsigned dscp) {
    if (family == AF_INET6)
        set_flag(fd, IPPROTO_IPV6, IPV6_TCLASS, static_cast<int>(dscp << 2));
    else
        set_flag(fd, IPPROTO_IP, IP_TOS, static_cast<int>(dscp << 2));
}

namespace {

SocketAddress ask(const Fd& fd, int (*question)(int, sockaddr*, socklen_t*)) {
    sockaddr_storage raw{};
    socklen_t size = sizeof raw;
    if (question(fd.get(), reinterpret_cast<sockaddr*>(&raw), &size) != 0) return {};
    return SocketAddress::from(reinterpret_cast<sockaddr*>(&raw), size);
}

} // namespace

SocketAddress local_address(const Fd& fd) { return ask(fd, ::getsockname); }
SocketAddress peer_address(const Fd& fd) { return ask(fd, ::getpeername); }

SocketAddress source_towards(const SocketAddress& remote) {
    const auto probe = new_socket(remote, SOCK_DGRAM); // connecting it sends nothing
    if (!probe || ::connect(probe->get(), remote.sa(), remote.size()) != 0) return {};
    return local_address(*probe);
}

} // namespace wakeline::net

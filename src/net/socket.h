// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "net/fd.h"
#include "net/socket_address.h"

namespace wakeline::net {

/// A non-blocking socket of that type (SOCK_STREAM, SOCK_DGRAM) and family. IPv6 is IPv6 only.
Result<Fd> new_socket(const SocketAddress& address, int type);

/// Binds; the error names the address.
Status bind_socket(const Fd& fd, const SocketAddress& address);

/// RFC 2474: the upper six bits of TOS or traffic class. Refused values are ignored: marking is a wish.
void set_dscp(const Fd& fd, sa_family_t family, unsigned dscp);

void set_flag(const Fd& fd, int level, int option, int value = 1);

/// getsockname(2), getpeername(2).
SocketAddress local_address(const Fd& fd);
SocketAddress peer_address(const Fd& fd);

/// Our address that the system would send from to that one; unspecified when there is no route.
SocketAddress source_towards(const SocketAddress& remote);

/// One attacker, without the port: an IPv4 address, or the /64 of an IPv6 one.
SocketAddress source_network(const SocketAddress& from);

/// "connection refused" and the like, thread-safe.
std::string errno_text(int error);

} // namespace wakeline::net

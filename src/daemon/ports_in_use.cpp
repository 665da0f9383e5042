// SPDX-License-Identifier: Apache-2.0
#include "daemon/ports_in_use.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "config/checks.h"
#include "net/socket.h"

namespace wakeline::daemon {

namespace {

/// Somebody listens on the control socket.
bool runs_already(const std::string& socket) {
    sockaddr_un address{AF_UNIX, {}};
    if (socket.size() >= sizeof address.sun_path) return false;
    socket.copy(address.sun_path, socket.size());
    const net::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    return fd && ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

void try_all(const std::vector<config::Bound>& sockets, int type, const config::Loaded& loaded,
             config::Problems& problems) {
    for (const config::Bound& bound : sockets) {
        const auto address = net::SocketAddress::parse(bound.address, static_cast<std::uint16_t>(bound.port));
        if (!address) continue; // said already
        const auto fd = net::new_socket(*address, type);
        if (!fd) continue;
        if (type == SOCK_STREAM) net::set_flag(*fd, SOL_SOCKET, SO_REUSEADDR);
        if (const Status done = net::bind_socket(*fd, *address); !done)
            problems.push_back({config::line_of(loaded.document, bound.path), bound.path,
                                done.error().message, config::Gravity::Warning});
    }
}

} // namespace

config::Problems ports_in_use(const config::Loaded& loaded) {
    config::Problems problems;
    if (runs_already(loaded.config.control.socket)) return problems;
    const config::Sockets sockets = config::sockets_of(loaded.config);
    try_all(sockets.tcp, SOCK_STREAM, loaded, problems);
    try_all(sockets.udp, SOCK_DGRAM, loaded, problems);
    return problems;
}

} // namespace wakeline::daemon

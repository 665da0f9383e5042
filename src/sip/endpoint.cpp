// SPDX-License-Identifier: Apache-2.0
#include "sip/endpoint.h"

namespace wakeline::sip {

std::string Endpoint::sent_by(const net::SocketAddress& local, std::uint16_t port) const {
    std::string host = local.host();
    if (!public_host.empty()) {
        const auto numeric = net::SocketAddress::parse(public_host, port);
        // One public address can stand for one family only: IPv6 phones are not told an IPv4 address.
        if (!numeric)
            host = public_host;
        else if (numeric->family() == local.family())
            host = numeric->host();
    }
    return host + ':' + std::to_string(port);
}

FlowInfo Endpoint::flow(const net::SocketAddress& local, const net::SocketAddress& remote,
                        std::uint16_t port) const {
    FlowInfo info;
    info.kind = kind;
    info.side = side;
    info.listener = name;
    info.local = local;
    info.remote = remote;
    info.sent_by = sent_by(local, port);
    return info;
}

} // namespace wakeline::sip

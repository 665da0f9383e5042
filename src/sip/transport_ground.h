// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.h"
#include "net/event_loop.h"
#include "sip/transport.h"
#include "sip/transport_metrics.h"

namespace wakeline::sip {

/// What the flows of all transports share; outlives them.
struct TransportGround {
    net::EventLoop& loop;
    Log& log;
    TransportMetrics& metrics;
    TransportUser& user;
    FlowId last_id = 0;

    FlowId next_id() { return ++last_id; }
};

/// One of our sockets for SIP, as the configuration names it.
struct Endpoint {
    std::string name; // of the listener or trunk
    Side side = Side::Access;
    TransportKind kind = TransportKind::Udp;
    net::SocketAddress address;
    std::string public_host; // what peers are told; empty: the address itself

    /// host:port for Via and Contact; `local`: where the peer reached us, with the port really bound.
    std::string sent_by(const net::SocketAddress& local) const {
        return (public_host.empty() ? local.host() : public_host) + ':' + std::to_string(local.port());
    }
};

} // namespace wakeline::sip

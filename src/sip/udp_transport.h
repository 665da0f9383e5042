// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>
#include <unordered_map>

#include "net/udp_socket.h"
#include "sip/endpoint.h"
#include "sip/idle_order.h"
#include "sip/intake.h"

namespace wakeline::sip {

/// SIP over one UDP socket. A flow is a remote address that sent a message which could be read, or that we
/// send to; the one unused for longest goes when there are too many.
class UdpTransport {
public:
    static Result<std::unique_ptr<UdpTransport>> open(Intake& intake, Endpoint endpoint);

    /// The flow to that address, made if there is none.
    FlowId flow_to(const net::SocketAddress& remote);

    const Endpoint& endpoint() const noexcept { return endpoint_; }
    const net::SocketAddress& local() const { return socket_->local(); }
    std::size_t flows() const noexcept { return order_.size(); }

private:
    class RemoteFlow;

    UdpTransport(Intake& intake, Endpoint endpoint);
    void on_datagram(const net::SocketAddress& from, std::string_view data);
    void on_keepalive(const net::SocketAddress& from, std::string_view data);
    RemoteFlow& find_or_make(const net::SocketAddress& remote, const net::SocketAddress& local);
    void sweep();

    Intake& intake_;
    const Endpoint endpoint_;
    std::unordered_map<net::SocketAddress, RemoteFlow*> by_remote_;
    IdleOrder<RemoteFlow> order_;
    std::uint64_t dropped_ = 0; // as counted so far
    net::Timer sweep_timer_;
    std::unique_ptr<net::UdpSocket> socket_;
};

} // namespace wakeline::sip

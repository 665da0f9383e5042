// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <memory>
#include <unordered_map>

#include "net/udp_socket.h"
#include "sip/transport_ground.h"

namespace wakeline::sip {

/// One UDP socket and the remote addresses that were heard on it, each a flow. When there are too many, the
/// one that was silent for longest goes: a flood from forged addresses costs the access side its quiet flows,
/// never the trunk's, which has a socket of its own.
class UdpFlows {
public:
    static constexpr std::size_t kMaxFlows = 100'000;

    /// `index`: FlowId -> socket, shared by all; entries are added and removed here.
    using Index = std::unordered_map<FlowId, UdpFlows*>;

    static Result<std::unique_ptr<UdpFlows>> open(TransportGround& ground, Index& index, Endpoint endpoint,
                                                  unsigned dscp);
    ~UdpFlows();
    UdpFlows(const UdpFlows&) = delete;
    UdpFlows& operator=(const UdpFlows&) = delete;

    /// The flow to that address, made if it is new.
    FlowId flow_to(const net::SocketAddress& remote) { return touch(remote, socket_->local()).id; }
    bool send(FlowId flow, std::string message);
    void close(FlowId flow);
    const FlowInfo* info(FlowId flow) const;

    const Endpoint& endpoint() const noexcept { return endpoint_; }
    const net::SocketAddress& local() const { return socket_->local(); }

private:
    struct Flow {
        FlowId id;
        FlowInfo info;
    };
    using Flows = std::list<Flow>; // most recently heard first

    UdpFlows(TransportGround& ground, Index& index, Endpoint endpoint)
        : ground_(ground), index_(index), endpoint_(std::move(endpoint)) {}

    void on_datagram(const net::SocketAddress& from, std::string_view data);
    Flow& touch(const net::SocketAddress& remote, const net::SocketAddress& local);
    void forget(Flows::iterator flow);

    TransportGround& ground_;
    Index& index_;
    Endpoint endpoint_;
    std::unique_ptr<net::UdpSocket> socket_;
    Flows flows_;
    std::unordered_map<net::SocketAddress, Flows::iterator> by_remote_;
    std::unordered_map<FlowId, Flows::iterator> by_id_;
};

} // namespace wakeline::sip

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sip/intake.h"
#include "sip/stream_transport.h"
#include "sip/transport.h"
#include "sip/transport_config.h"
#include "sip/udp_transport.h"

namespace wakeline::sip {

/// One address that we listen on, for status pages.
struct ListenerSnapshot {
    std::string name;
    Side side = Side::Access;
    TransportKind kind = TransportKind::Udp;
    net::SocketAddress address;
    std::size_t flows = 0;
};

/// The Transport of the daemon: every socket that carries SIP, and every flow over them.
class Transports final : public Transport {
public:
    /// Opens everything; the error names the listener that cannot be opened, and why.
    static Result<std::unique_ptr<Transports>> open(net::EventLoop& loop, Log& log, Metrics& metrics,
                                                    const TransportsConfig& config);
    ~Transports() override;

    /// Who hears what arrives. Call it before the loop runs.
    void start(TransportUser& user) { intake_.flows.start(user); }

    bool send(FlowId flow, std::string message) override;
    FlowId open(const FlowTarget& target, Side side) override;
    void close(FlowId flow) override { intake_.flows.close(flow); }
    const FlowInfo* info(FlowId flow) const override;

    /// Takes no new connections from now on; those that are stay, and so do the UDP sockets.
    void stop_listening();

    std::vector<ListenerSnapshot> snapshot() const;

    /// Null: nobody listens.
    void set_tap(Tap* tap) { intake_.tap = tap; }

private:
    /// A way out: what a flow that we open can begin at.
    struct Exit {
        std::string trunk; // empty: to phones
        Side side = Side::Access;
        UdpTransport* udp = nullptr;
        StreamTransport* stream = nullptr;
        net::TlsContext* client = nullptr;

        bool leads_to(const FlowTarget& target, Side side) const;
    };

    Transports(net::EventLoop& loop, Log& log, Metrics& metrics, const TransportLimits& limits);
    Status open_listener(const ListenerConfig& listener, const TransportsConfig& config);
    Status open_trunk(const TrunkAddress& trunk, unsigned dscp);
    Result<UdpTransport*> add_udp(Endpoint endpoint);
    Result<StreamTransport*> add_stream(Endpoint endpoint, net::TlsContext* server, net::Duration keepalive);

    Intake intake_;
    std::vector<std::unique_ptr<UdpTransport>> udp_;
    std::vector<std::unique_ptr<StreamTransport>> streams_;
    std::vector<Exit> exits_;
};

} // namespace wakeline::sip

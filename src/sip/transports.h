// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "net/event_loop.h"
#include "net/tls_context.h"
#include "sip/transport.h"

namespace wakeline::sip {

/// Where SIP comes in and goes out. The contexts outlive the transports.
struct TransportsConfig {
    struct Listener {
        std::string name;
        Side side = Side::Access;
        TransportKind kind = TransportKind::Tls;
        net::SocketAddress address;
        std::string public_host = {};      // told to peers; empty: the address
        net::TlsContext* server = nullptr; // Tls: for connections to us; null: none are taken
        net::TlsContext* client = nullptr; // Tls, trunk side: for connections of ours
    };
    std::vector<Listener> listeners;
    unsigned dscp = 40;
    net::Duration keepalive = std::chrono::seconds(50); // CRLF to silent phones on streams; 0: never
};

/// The real Transport: UDP sockets, listeners, and the connections that come and go.
class Transports final : public Transport {
public:
    /// Opens everything; an error names the listener, its address and what to do.
    static Result<std::unique_ptr<Transports>> open(net::EventLoop& loop, Log& log, Metrics& metrics,
                                                    TransportUser& user, const TransportsConfig& config);
    ~Transports() override;

    bool send(FlowId flow, std::string message) override;
    FlowId open(const FlowTarget& target, Side side) override;
    void close(FlowId flow) override;
    const FlowInfo* info(FlowId flow) const override;

    /// Takes no new connections from now on; those that are stay.
    void stop_listening();

    struct Listening {
        std::string name, transport, address;
    };
    std::vector<Listening> listening() const;

private:
    struct State;
    explicit Transports(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace wakeline::sip

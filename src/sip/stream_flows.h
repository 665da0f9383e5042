// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "base/rate_limit.h"
#include "net/stream_listener.h"
#include "sip/connection.h"
#include "sip/transports.h"

namespace wakeline::sip {

/// All TCP and TLS connections: those that peers open on our listeners, and those that we open.
class StreamFlows final : public Connection::Owner {
public:
    StreamFlows(TransportGround& ground, unsigned dscp, net::Duration keepalive);
    ~StreamFlows();

    Status listen(const TransportsConfig::Listener& listener);
    void stop_listening();

    /// The connection to that target, opened if there is none; 0 when we have no endpoint for it.
    FlowId open(const FlowTarget& target, Side side);
    bool send(FlowId flow, std::string_view message);
    void close(FlowId flow);
    const FlowInfo* info(FlowId flow) const;

    std::vector<Transports::Listening> listening() const;
    void on_connection_closed(Connection& connection, std::string_view why) override;

private:
    struct Listening {
        Endpoint endpoint;
        net::TlsContext* server;
        net::TlsContext* client;
        std::unique_ptr<net::StreamListener> listener{}; // null: only for connections of ours
    };
    /// A connection of ours, and what it was opened for.
    struct Opened {
        FlowTarget target;
        Side side;
        FlowId flow;
    };

    void on_accepted(const Listening& listening, std::unique_ptr<net::Stream> stream);
    void on_refused(const Listening& listening, const net::SocketAddress& from,
                    const net::PeerCertificate& shown, std::string_view why);
    const Listening* endpoint_for(const FlowTarget& target, Side side) const;
    void tend_all();

    TransportGround& ground_;
    net::Stream::Options stream_options_;
    net::Duration keepalive_;
    std::vector<std::unique_ptr<Listening>> endpoints_; // as configured
    std::unordered_map<FlowId, std::unique_ptr<Connection>> connections_;
    std::vector<Opened> opened_; // few: one a PBX address
    RateLimit refusals_logged_;
    net::Timer tending_;
};

} // namespace wakeline::sip

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "net/stream_listener.h"
#include "sip/endpoint.h"
#include "sip/idle_order.h"
#include "sip/intake.h"

namespace wakeline::sip {

class StreamFlow;

/// SIP over TCP or TLS at one address of ours: the connections that come in, and those that we open from
/// there.
class StreamTransport {
public:
    /// `server`: what TLS connections are taken with; null for TCP. `keepalive`: see keep_alive(); 0: never.
    static Result<std::unique_ptr<StreamTransport>> open(Intake& intake, Endpoint endpoint,
                                                         net::TlsContext* server, net::Duration keepalive);
    ~StreamTransport();

    /// The connection to that target, opened if there is none. `client`: for TLS.
    FlowId connect(const FlowTarget& target, net::TlsContext* client);

    const Endpoint& endpoint() const noexcept { return endpoint_; }
    const net::SocketAddress& local() const { return listener_->local(); }
    std::size_t flows() const noexcept { return order_.size(); }

private:
    friend class StreamFlow;

    StreamTransport(Intake& intake, Endpoint endpoint, net::TlsContext* server, net::Duration keepalive);
    Status listen();
    void accept(std::unique_ptr<net::Stream> stream);
    void refused(const net::SocketAddress& from, const net::PeerCertificate& shown, std::string_view why);
    net::Stream::Options options() const;
    void keep_alive();

    Intake& intake_;
    const Endpoint endpoint_;
    net::TlsContext* server_;
    const net::Duration keepalive_;
    std::unordered_map<std::string, FlowId> opened_; // by target
    IdleOrder<StreamFlow> order_;
    RateLimit alarm_limit_{1, std::chrono::seconds(10)};
    net::Timer keepalive_timer_;
    std::unique_ptr<net::StreamListener> listener_;
};

} // namespace wakeline::sip

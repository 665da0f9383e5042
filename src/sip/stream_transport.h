// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/stream_listener.h"
#include "sip/stream_flow.h"

namespace wakeline::sip {

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

    /// No new connections from now on; those that are stay.
    void stop_listening() { listener_.reset(); }

    const Endpoint& endpoint() const noexcept { return home_.endpoint; }
    const net::SocketAddress& local() const noexcept { return local_; }
    std::size_t flows() const noexcept { return home_.order.size(); }

private:
    StreamTransport(Intake& intake, Endpoint endpoint, net::TlsContext* server, net::Duration keepalive);
    Status listen();
    void accept(std::unique_ptr<net::Stream> stream);
    void refused(const net::SocketAddress& from, const net::PeerCertificate& shown, std::string_view why);
    void keep_alive();

    Intake& intake_;
    StreamFlow::Home home_;
    net::TlsContext* server_;
    net::SocketAddress local_;
    const net::Duration keepalive_;
    RateLimit alarm_limit_{1, std::chrono::seconds(10)};
    net::Timer keepalive_timer_;
    std::unique_ptr<net::StreamListener> listener_;
};

} // namespace wakeline::sip

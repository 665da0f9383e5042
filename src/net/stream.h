// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "net/event_loop.h"
#include "net/peer_certificate.h"
#include "net/socket_address.h"
#include "net/tls_context.h"

namespace wakeline::net {

/// A TCP or TLS connection. Never blocks, never calls its user from inside a call of the user's. May be
/// destroyed at any time, also in a callback: it ends at once and calls nobody.
class Stream {
public:
    class User {
    public:
        virtual void on_connected() = 0; // for streams that we opened; handshake done, for TLS
        /// Good during the call only.
        virtual void on_data(std::string_view data) = 0;
        /// The peer closed, an error, a limit, or the end of `close`: the last call.
        virtual void on_closed(std::string_view why) = 0;

    protected:
        ~User() = default;
    };

    struct Options {
        unsigned dscp = 0;
        Duration handshake_timeout = std::chrono::seconds(5); // TCP connect and TLS handshake together
        std::size_t max_queue_bytes = 1 << 20; // unsent; beyond it the stream closes ("slow reader")
        Duration unacknowledged = std::chrono::seconds(30); // TCP_USER_TIMEOUT (RFC 5482)
    };

    virtual ~Stream() = default;
    /// For accepted streams: before this nothing is read.
    virtual void start(User& user) = 0;
    /// Queues; what is written in one turn leaves together at its end. False when the stream is closed or
    /// the queue full (then on_closed follows). Before on_connected it waits for that.
    virtual bool write(std::string_view data) = 0;
    /// Sends what is queued, for 5 s at most, reads nothing more, then on_closed.
    virtual void close() = 0;
    virtual const SocketAddress& local() const = 0;
    virtual const SocketAddress& remote() const = 0;
    virtual const PeerCertificate& peer_certificate() const = 0;
    virtual std::size_t queued() const = 0;

    /// Opens a connection; a failure arrives as on_closed. `from` may be unspecified; its port is not used.
    static std::unique_ptr<Stream> connect(EventLoop& loop, const SocketAddress& from,
                                           const SocketAddress& to, Options options, User& user);
    /// `name`: SNI, and what the certificate must say (RFC 5922) if the profile requires it; empty: chain
    /// only.
    static std::unique_ptr<Stream> connect_tls(EventLoop& loop, const SocketAddress& from,
                                               const SocketAddress& to, TlsContext& context, std::string name,
                                               Options options, User& user);
};

} // namespace wakeline::net

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/event_loop.h"
#include "net/socket_address.h"
#include "net/tls_context.h"

namespace wakeline::net {

/// What a TLS peer proved, for logs and identity.
struct PeerCertificate {
    std::string subject, issuer, serial, common_name; // empty when none was shown
    std::vector<std::string> dns_names, uris;         // SAN
    bool present() const noexcept { return !subject.empty(); }
};

/// A TCP or TLS connection. Never blocks, never calls its user from inside a call of the user's.
class Stream {
public:
    class User {
    public:
        virtual void on_connected() = 0; // handshake done, for TLS
        /// Good during the call only.
        virtual void on_data(std::string_view data) = 0;
        /// The peer closed, an error, or a limit; the last call. The stream may be destroyed in it.
        virtual void on_closed(std::string_view why) = 0;

    protected:
        ~User() = default;
    };

    struct Options {
        unsigned dscp = 0;
        Duration handshake_timeout = std::chrono::seconds(5); // TCP connect and TLS handshake together
        std::size_t max_queue_bytes = 1 << 20; // unsent; beyond it the stream closes ("slow reader")
    };

    virtual ~Stream() = default;
    /// For accepted streams: before this nothing is read.
    virtual void start(User& user) = 0;
    /// Queues; false when the stream is closed or the queue full (then on_closed follows).
    virtual bool write(std::string_view data) = 0;
    /// Sends what is queued, then closes; no more callbacks.
    virtual void close() = 0;
    virtual const SocketAddress& local() const = 0;
    virtual const SocketAddress& remote() const = 0;
    virtual const PeerCertificate& peer_certificate() const = 0;
    virtual std::size_t queued() const = 0;

    /// Opens a connection; a failure arrives as on_closed. `from` may be unspecified.
    static std::unique_ptr<Stream> connect(EventLoop& loop, const SocketAddress& from,
                                           const SocketAddress& to, Options options, User& user);
    /// `name`: SNI, and what the certificate must say (RFC 5922); empty: chain only.
    static std::unique_ptr<Stream> connect_tls(EventLoop& loop, const SocketAddress& from,
                                               const SocketAddress& to, TlsContext& context, std::string name,
                                               Options options, User& user);
};

/// Accepts connections. With a TlsContext it hands over only streams whose handshake is done, so that
/// half-open ones cost nobody but the limits here.
class StreamListener {
public:
    struct Options {
        Stream::Options stream;
        std::size_t max_half_open = 1'000;          // in all; the next one waits in the backlog
        std::size_t max_half_open_per_source = 50;  // the next one is closed at once
        std::size_t max_connections_per_source = 0; // 0: no limit
    };
    using Accept = std::function<void(std::unique_ptr<Stream>)>;
    /// A handshake or a limit that ended a connection before it was handed over.
    using Refused =
        std::function<void(const SocketAddress& from, const PeerCertificate& shown, std::string_view why)>;

    static Result<std::unique_ptr<StreamListener>> open(EventLoop& loop, const SocketAddress& address,
                                                        TlsContext* context, Options options, Accept accept,
                                                        Refused refused);
    virtual ~StreamListener() = default;
    virtual const SocketAddress& local() const = 0;
    virtual std::size_t half_open() const = 0;
};

} // namespace wakeline::net

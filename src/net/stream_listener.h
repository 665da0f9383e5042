// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "net/stream.h"

namespace wakeline::net {

/// Accepts connections. With a TlsContext it hands over only streams whose handshake is done, so that
/// half-open ones cost nobody but the limits here. Not to be destroyed inside its own callbacks.
class StreamListener {
public:
    struct Options {
        Stream::Options stream = {};
        std::size_t max_half_open = 1'000; // in all; the next one waits in the backlog
        std::size_t max_half_open_per_source =
            50; // of one IPv4 address or IPv6 /64; the next is closed at once
        unsigned handshake_rate =
            0; // TLS handshakes begun in a second; more wait in the backlog; 0: no limit
    };
    /// Start the stream, or destroy it.
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

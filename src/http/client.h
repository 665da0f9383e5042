// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/library.h"
#include "http/peer.h"
#include "http/request.h"
#include "net/event_loop.h"

namespace wakeline::http {

/// Requests to one origin over one HTTP/2 connection that is kept (to a server of HTTP/1.1: over a few).
/// Never blocks; callbacks come from the loop, never inside a call of the user's. Do not destroy a client
/// inside one of its callbacks.
class Client {
public:
    using RequestId = std::uint64_t;                   // 0: none
    using Sent = std::function<void()>;                // the last octet of the body went into the connection
    using Done = std::function<void(const Response&)>; // exactly once, unless cancelled
    using Proves = std::function<bool(const Response&)>;

    struct Options : Peer {
        std::size_t connections = 2;    // a new one beside one that drains after a GOAWAY
        std::size_t max_waiting = 5000; // more requests than that fail at once
        /// At once, if the server allows as many: thousands of pushes a second, and each costs 10 KB.
        std::size_t max_streams = 250;
        /// Until an answer has proved the connection, requests go one by one.
        bool one_first = true;
        /// Whether this answer shows that the connection may carry many requests: APNs grants a single stream
        /// before the first good token, and libcurl would open a connection for every other request. Empty:
        /// any answer.
        Proves proves;
    };

    struct Events {
        std::function<void()> lost;    // no connection is open any more
        std::function<void()> stirred; // the server says something (a PING, a GOAWAY) on an idle connection
    };

    struct Status {
        std::size_t connections = 0, running = 0, waiting = 0;
        bool proven = false;
        std::uint64_t opened = 0; // connections since the start
    };

    virtual ~Client() = default;
    virtual RequestId send(Request request, Sent sent, Done done) = 0;
    virtual void cancel(RequestId id) = 0;
    virtual void set_events(Events events) = 0;
    virtual Status status() const = 0;

    static Result<std::unique_ptr<Client>> create(const Library& library, net::EventLoop& loop,
                                                  Options options);
};

} // namespace wakeline::http

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/event_loop.h"
#include "net/socket_address.h"

namespace wakeline::http {

using ExchangeId = std::uint64_t; // 0: none; never reused

struct ServerRequest {
    std::string method; // GET or POST
    std::string path;   // unescaped, without the query: "/v1/calls/7f3a"
    std::map<std::string, std::string, std::less<>> query;
    std::string body;
    std::string authorization = {}; // the header of that name
};

struct ServerResponse {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
};

/// A small HTTP/1.1 server (evhttp) for a UNIX socket or a loopback address: local peers, bounded requests.
class Server {
public:
    class Handler {
    public:
        /// Answer with `respond`, inside this call or later.
        virtual void on_request(ExchangeId exchange, const ServerRequest& request) = 0;

    protected:
        ~Handler() = default;
    };

    /// A stale socket file of a process that is gone is replaced, one that somebody listens on is not.
    static Result<std::unique_ptr<Server>> on_unix_socket(net::EventLoop& loop, const std::string& path,
                                                          unsigned mode, Handler& handler);
    static Result<std::unique_ptr<Server>> on_address(net::EventLoop& loop, const net::SocketAddress& address,
                                                      Handler& handler);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Nothing happens when the client is gone.
    void respond(ExchangeId exchange, const ServerResponse& response);
    const net::SocketAddress& local() const; // on_address: with the port the system chose

private:
    struct State;
    explicit Server(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace wakeline::http

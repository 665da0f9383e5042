// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "admin/config.h"
#include "admin/node.h"
#include "base/metrics.h"
#include "base/secret.h"
#include "http/server.h"

namespace wakeline::admin {

/// Answers requests of wakelinectl and of monitoring: which path asks for what. Knows no socket.
class ControlApi {
public:
    using Reply = std::function<void(http::ServerResponse)>;

    ControlApi(Node& node, const Metrics& metrics) : node_(node), metrics_(metrics) {}

    /// Which way a request came: through the control socket, whose permissions say who may, or over a
    /// loopback address, where any user of the machine can ask.
    enum class Door : std::uint8_t { Operator, Anybody };

    /// Calls `reply` once, inside or later.
    void handle(const http::ServerRequest& request, Door door, Reply reply);

private:
    struct Route;
    static const Route kRoutes[];

    void page(const http::ServerRequest& request, Reply reply);
    void description(const http::ServerRequest&, Reply reply);
    void end_call(const http::ServerRequest& request, Reply reply);
    void drop_registration(const http::ServerRequest& request, Reply reply);
    void status(const http::ServerRequest&, Reply reply);
    void registrations(const http::ServerRequest& request, Reply reply);
    void calls(const http::ServerRequest& request, Reply reply);
    void call(const http::ServerRequest& request, Reply reply);
    void capacity(const http::ServerRequest& request, Reply reply);
    void why(const http::ServerRequest& request, Reply reply);
    void trunks(const http::ServerRequest& request, Reply reply);
    void number_test(const http::ServerRequest& request, Reply reply);
    void number_check(const http::ServerRequest& request, Reply reply);
    void push_test(const http::ServerRequest& request, Reply reply);
    void push_check(const http::ServerRequest&, Reply reply);
    void reload(const http::ServerRequest&, Reply reply);
    void set_log_level(const http::ServerRequest& request, Reply reply);
    void config(const http::ServerRequest&, Reply reply);
    void start_trace(const http::ServerRequest& request, Reply reply);
    void stop_trace(const http::ServerRequest&, Reply reply);
    void trace(const http::ServerRequest& request, Reply reply);
    void drain(const http::ServerRequest& request, Reply reply);
    void metrics(const http::ServerRequest&, Reply reply);

    Node& node_;
    const Metrics& metrics_;
};

/// The API on the control socket, and the part for anybody on a loopback address. Goes when the loop no
/// longer runs: answers that are still to come hold on to it.
class ControlServers {
public:
    static Result<std::unique_ptr<ControlServers>> open(net::EventLoop& loop, const ControlConfig& config,
                                                        ControlApi& api);

private:
    class Entrance final : public http::Server::Handler {
    public:
        /// Who shows that token comes through the operator's door.
        Entrance(ControlApi& api, ControlApi::Door door, Secret token = {})
            : api_(api), door_(door), token_(std::move(token)) {}
        void on_request(http::ExchangeId exchange, const http::ServerRequest& request) override;
        void serve(std::unique_ptr<http::Server> server) { server_ = std::move(server); }

    private:
        ControlApi& api_;
        const ControlApi::Door door_;
        const Secret token_;
        std::unique_ptr<http::Server> server_;
    };

    ControlServers(ControlApi& api, Secret token)
        : socket_(api, ControlApi::Door::Operator), http_(api, ControlApi::Door::Anybody, std::move(token)) {}

    Entrance socket_, http_;
};

} // namespace wakeline::admin

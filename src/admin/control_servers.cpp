// SPDX-License-Identifier: Apache-2.0
#include "admin/control_api.h"
#include "admin/token.h"

namespace wakeline::admin {

Result<std::unique_ptr<ControlServers>> ControlServers::open(net::EventLoop& loop,
                                                             const ControlConfig& config, ControlApi& api) {
    auto token = read_token(config.token_file);
    if (!token) return Error{token.error().code, "control.token_file: " + token.error().message};
    std::unique_ptr<ControlServers> servers(new ControlServers(api, *std::move(token)));
    auto socket = http::Server::on_unix_socket(loop, config.socket, 0660, servers->socket_);
    if (!socket) return Error{socket.error().code, "control.socket: " + socket.error().message};
    servers->socket_.serve(*std::move(socket));
    if (config.http == "off") return servers;
    const auto address = net::SocketAddress::parse(config.http);
    if (!address) return Error{address.error().code, "control.http: " + address.error().message};
    auto http = http::Server::on_address(loop, *address, servers->http_);
    if (!http) return Error{http.error().code, "control.http: " + http.error().message};
    servers->http_.serve(*std::move(http));
    return servers;
}

void ControlServers::Entrance::on_request(http::ExchangeId exchange, const http::ServerRequest& request) {
    const bool trusted = shows_token(request.authorization, token_);
    api_.handle(
        request, trusted ? ControlApi::Door::Operator : door_,
        [this, exchange](const http::ServerResponse& response) { server_->respond(exchange, response); });
}

} // namespace wakeline::admin

// SPDX-License-Identifier: Apache-2.0
#include "sip/transactions.h"

#include "sip/client_transactions.h"
#include "sip/server_transactions.h"

namespace wakeline::sip {

struct Transactions::Tables {
    Tables(net::TimerQueue& timers, Transport& transport, RequestHandler& user, Config settings)
        : config(std::move(settings)), metrics(config.metrics ? *config.metrics : unseen), handler(user),
          servers({timers, transport, config.timing, metrics}, user, config),
          clients({timers, transport, config.timing, metrics}, config) {}

    const Config config;
    Metrics unseen; // where nobody looks
    TransactionMetrics metrics;
    RequestHandler& handler;
    ServerTransactions servers;
    ClientTransactions clients;
};

Transactions::Transactions(net::TimerQueue& timers, Transport& transport, RequestHandler& handler,
                           Config config)
    : tables_(std::make_unique<Tables>(timers, transport, handler, std::move(config))) {}

Transactions::~Transactions() = default;

bool Transactions::respond(ServerTx tx, const Builder& response) {
    return tables_->servers.respond(tx, response);
}

ClientTx Transactions::send(FlowId flow, Builder request, ResponseHandler& handler) {
    return tables_->clients.send(flow, std::move(request), handler);
}

void Transactions::cancel(ClientTx invite, std::string_view reason) {
    tables_->clients.cancel(invite, reason);
}

void Transactions::forget(ClientTx tx) { tables_->clients.forget(tx); }

void Transactions::send_ack(FlowId flow, Builder ack) { tables_->clients.send_ack(flow, std::move(ack)); }

Transactions::Counts Transactions::counts() const {
    return {.invite_server = tables_->servers.invites(),
            .other_server = tables_->servers.others(),
            .invite_client = tables_->clients.invites(),
            .other_client = tables_->clients.others()};
}

void Transactions::on_message(FlowId flow, const Message& message) {
    if (message.is_request())
        tables_->servers.on_request(flow, message);
    else
        tables_->clients.on_response(message);
}

void Transactions::on_flow_closed(FlowId flow, std::string_view why) {
    tables_->clients.on_flow_closed(flow);
    tables_->servers.on_flow_closed(flow);
    tables_->handler.on_flow_closed(flow, why);
}

} // namespace wakeline::sip

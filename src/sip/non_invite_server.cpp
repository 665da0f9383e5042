// SPDX-License-Identifier: Apache-2.0
#include "sip/non_invite_server.h"

namespace wakeline::sip {

using namespace non_invite_server;

NonInviteServer::NonInviteServer(const TransactionLayer& layer, ServerTransaction::Owner& owner,
                                 Request request)
    : ServerTransaction(layer, owner, std::move(request)),
      machine_(layer.timers, *this, layer.timing, request_.reliable) {
    layer_.metrics.other_server.add();
}

NonInviteServer::~NonInviteServer() { layer_.metrics.other_server.add(-1); }

void NonInviteServer::on_repeated() {
    layer_.metrics.requests_repeated.add();
    machine_.handle(Event::Request);
}

void NonInviteServer::on_transport_error() { machine_.handle(Event::TransportError); }

bool NonInviteServer::respond(int status, std::string text) {
    const Event event = status < 200 ? Event::Provisional : Event::Final;
    bool sent = false;
    if (!fsm::find(Rules::kTable, machine_.state(), event)) return false;
    response_ = std::move(text);
    if (!reliable()) response_.shrink_to_fit(); // kept for 64*T1, and there are many
    sent_ = &sent;
    machine_.handle(event); // over TCP the final answer is the end of it
    return sent;
}

void NonInviteServer::run(Action action) {
    switch (action) {
    case Action::None: return;
    case Action::Send: *sent_ = layer_.transport.send(flow(), response_); return;
    case Action::Resend:
        if (!layer_.resend(flow(), response_)) machine_.handle_later(Event::TransportError);
        return;
    }
}

} // namespace wakeline::sip

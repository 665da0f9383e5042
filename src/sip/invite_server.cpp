// SPDX-License-Identifier: Apache-2.0
#include "sip/invite_server.h"

namespace wakeline::sip {

using namespace invite_server;

InviteServer::InviteServer(const TransactionLayer& layer, ServerTransaction::Owner& owner,
                           RequestHandler& handler, Request request)
    : ServerTransaction(layer, owner, std::move(request)), handler_(handler),
      machine_(layer.timers, *this, layer.timing, request_.reliable) {
    layer_.metrics.invite_server.add();
}

InviteServer::~InviteServer() { layer_.metrics.invite_server.add(-1); }

void InviteServer::on_repeated() {
    layer_.metrics.requests_repeated.add();
    machine_.handle(Event::Invite);
}

void InviteServer::on_transport_error() { machine_.handle(Event::TransportError); }

bool InviteServer::respond(int status, std::string text) {
    const Event event = status < 200 ? Event::Provisional : status < 300 ? Event::Success : Event::Failure;
    if (!fsm::find(Rules::kTable, machine_.state(), event)) return false;
    response_ = std::move(text);
    response_.shrink_to_fit(); // kept while the phone is woken, and there are many
    machine_.handle(event);
    if (machine_.state() == State::Accepted) std::string().swap(response_); // the user repeats it, not we
    return sent_;
}

void InviteServer::abandon() {
    known_ = true;
    machine_.handle_later(Event::TransportError);
}

void InviteServer::on_cancel(const Message& cancel) {
    arrived_ = &cancel;
    machine_.handle(Event::Cancel);
}

void InviteServer::on_ack(const Message& ack) {
    arrived_ = &ack;
    machine_.handle(Event::Ack);
}

std::string InviteServer::to_tag() const {
    const auto line = response_.find("\r\nTo: ");
    if (line == std::string::npos) return {};
    const auto value = line + 6;
    const auto to =
        NameAddr::parse(std::string_view(response_).substr(value, response_.find("\r\n", value) - value));
    return to ? std::string(to->tag()) : std::string{};
}

void InviteServer::run(Action action) {
    switch (action) {
    case Action::None: return;
    case Action::Send: sent_ = layer_.transport.send(flow(), response_); return;
    case Action::Resend:
        if (!layer_.resend(flow(), response_)) machine_.handle_later(Event::TransportError);
        return;
    case Action::DeliverCancel: return handler_.on_cancel(id(), *arrived_);
    case Action::DeliverAck: return handler_.on_ack(flow(), *arrived_);
    case Action::ReportTimeout:
        layer_.metrics.timeouts.add();
        return handler_.on_answer_lost(id(), TxFailure::Timeout);
    case Action::ReportTransport:
        layer_.metrics.transport_failures.add();
        if (!known_) handler_.on_answer_lost(id(), TxFailure::Transport);
        return;
    }
}

} // namespace wakeline::sip

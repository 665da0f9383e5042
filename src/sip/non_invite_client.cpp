// SPDX-License-Identifier: Apache-2.0
#include "sip/non_invite_client.h"

namespace wakeline::sip {

using namespace non_invite_client;

NonInviteClient::NonInviteClient(const TransactionLayer& layer, ClientTransaction::Owner& owner,
                                 Request request)
    : ClientTransaction(layer, owner, std::move(request)),
      machine_(layer.timers, *this, layer.timing, request_.reliable) {
    layer_.metrics.other_client.add();
}

NonInviteClient::~NonInviteClient() { layer_.metrics.other_client.add(-1); }

void NonInviteClient::start() {
    machine_.start();
    const bool sent = layer_.transport.send(flow(), request_.reliable ? std::exchange(request_.text, {})
                                                                      : request_.text); // sent once or again
    if (!sent) machine_.handle_later(Event::TransportError);
}

void NonInviteClient::on_response(const Message& response) {
    response_ = &response;
    machine_.handle(response.status() < 200 ? Event::Provisional : Event::Final);
}

void NonInviteClient::on_transport_error() { machine_.handle(Event::TransportError); }

void NonInviteClient::run(Action action) {
    switch (action) {
    case Action::None: return;
    case Action::Deliver:
        if (response_->status() >= 200) std::string().swap(request_.text); // never sent again
        return deliver(*response_, /*last=*/response_->status() >= 200);
    case Action::Resend:
        if (!layer_.resend(flow(), request_.text)) machine_.handle_later(Event::TransportError);
        return;
    case Action::ReportTimeout: return fail(TxFailure::Timeout);
    case Action::ReportTransport: return fail(TxFailure::Transport);
    }
}

} // namespace wakeline::sip

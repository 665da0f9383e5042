// SPDX-License-Identifier: Apache-2.0
#include "sip/invite_client.h"

#include "sip/hop_requests.h"

namespace wakeline::sip {

using namespace invite_client;

InviteClient::InviteClient(const TransactionLayer& layer, ClientTransaction::Owner& owner, Request request)
    : ClientTransaction(layer, owner, std::move(request)),
      machine_(layer.timers, *this, layer.timing, request_.reliable) {
    layer_.metrics.invite_client.add();
}

InviteClient::~InviteClient() { layer_.metrics.invite_client.add(-1); }

void InviteClient::start() {
    machine_.start();
    if (!layer_.transport.send(flow(), request_.text)) machine_.handle_later(Event::TransportError);
}

void InviteClient::on_response(const Message& response) {
    response_ = &response;
    const int status = response.status();
    machine_.handle(status < 200 ? Event::Provisional : status < 300 ? Event::Success : Event::Failure);
}

void InviteClient::on_transport_error() { machine_.handle(Event::TransportError); }

void InviteClient::cancel(std::string_view reason) {
    if (machine_.state() == State::Calling || machine_.state() == State::Proceeding) cancel_reason_ = reason;
    machine_.handle(Event::Cancel);
}

void InviteClient::run(Action action) {
    switch (action) {
    case Action::None: return;
    case Action::Deliver: return deliver_response();
    case Action::AckAndDeliver: acknowledge(); return deliver_response();
    case Action::Ack: layer_.resend(flow(), request_.text); return;
    case Action::Resend:
        if (!layer_.resend(flow(), request_.text)) machine_.handle_later(Event::TransportError);
        return;
    case Action::SendCancel: return send_cancel();
    case Action::CancelAndDeliver: send_cancel(); return deliver_response();
    case Action::ReportTimeout: return fail(TxFailure::Timeout);
    case Action::ReportTransport: return fail(TxFailure::Transport);
    }
}

void InviteClient::deliver_response() {
    const int status = response_->status();
    if (status >= 200 && status < 300)
        std::string().swap(request_.text); // never sent again: the user writes the ACKs
    deliver(*response_, /*last=*/status >= 300);
}

/// From here on the bytes kept are those of the ACK, for the copies of the failure.
void InviteClient::acknowledge() {
    request_.text = ack_of(request_.text, response_->header("To").value_or(std::string{}));
    layer_.transport.send(flow(), request_.text);
}

void InviteClient::send_cancel() {
    owner_.send_cancel(flow(), branch(), cancel_of(request_.text, cancel_reason_));
}

} // namespace wakeline::sip

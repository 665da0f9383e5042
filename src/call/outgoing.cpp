// SPDX-License-Identifier: Apache-2.0
#include "call/outgoing.h"

#include "base/text.h"

namespace wakeline::call {

Outgoing::~Outgoing() {
    if (over_ || !sent()) return;
    if (is_invite() && !answered_) cancel({}); // a ringing INVITE has no end of its own
    if (hop_ != nullptr)
        hop_->forget(hop_request_);
    else if (tx_ != 0)
        transactions_.forget(tx_);
}

void Outgoing::begin(sip::Builder request) {
    request_ = std::move(request);
    hop_ = nullptr;
    over_ = cancelled_ = answered_ = false;
}

void Outgoing::send(sip::FlowId flow, sip::Builder request) {
    begin(std::move(request));
    flow_ = flow;
    tx_ = transactions_.send(flow, *request_, *this);
}

void Outgoing::send(sip::NextHop& hop, sip::Builder request) {
    begin(std::move(request));
    hop_ = &hop;
    hop_request_ = hop.send(*request_, *this);
}

void Outgoing::cancel(std::string_view reason) {
    if (over_ || cancelled_) return;
    cancelled_ = true;
    if (hop_ != nullptr)
        hop_->cancel(hop_request_, reason);
    else
        transactions_.cancel(tx_, reason);
}

std::uint32_t Outgoing::cseq() const {
    const std::string_view value = request_->find("CSeq").value_or("");
    return parse_unsigned<std::uint32_t>(value.substr(0, value.find(' '))).value_or(0);
}

sip::Builder Outgoing::again() const {
    sip::Builder repeated = *request_;
    repeated.set("CSeq", std::to_string(cseq() + 1) + ' ' + std::string(request_->method()));
    return repeated;
}

void Outgoing::on_response(sip::ClientTx, const sip::Message& response) { deliver(response); }

void Outgoing::on_response(sip::HopRequest, sip::FlowId flow, const sip::Message& response) {
    flow_ = flow;
    deliver(response);
}

void Outgoing::on_sent(sip::HopRequest, sip::FlowId flow, sip::ClientTx) {
    flow_ = flow;
    user_->on_sent(*this);
}

void Outgoing::deliver(const sip::Message& response) {
    over_ = response.status() >= 300 || (response.status() >= 200 && !is_invite());
    const bool success = response.status() >= 200 && response.status() < 300;
    if (success && !answered_ && is_invite()) request_->shrink(); // from now on the beginning of a dialog
    answered_ = answered_ || success;
    user_->on_response(*this, response);
}

void Outgoing::on_failure(std::uint64_t, sip::TxFailure why) {
    over_ = true;
    user_->on_failure(*this, why);
}

} // namespace wakeline::call

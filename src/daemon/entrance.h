// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sip/transactions.h"

namespace wakeline::daemon {

/// Where requests come in before the calls exist, and after they are gone: transactions and calls each need
/// the other.
class Entrance final : public sip::RequestHandler {
public:
    void open_to(sip::RequestHandler& handler) { handler_ = &handler; }
    void close() { handler_ = nullptr; }

    void on_request(sip::ServerTx tx, sip::FlowId flow, const sip::Message& request) override {
        if (handler_ != nullptr) handler_->on_request(tx, flow, request);
    }
    void on_cancel(sip::ServerTx invite, const sip::Message& cancel) override {
        if (handler_ != nullptr) handler_->on_cancel(invite, cancel);
    }
    void on_ack(sip::FlowId flow, const sip::Message& ack) override {
        if (handler_ != nullptr) handler_->on_ack(flow, ack);
    }
    void on_answer_lost(sip::ServerTx tx, sip::TxFailure why) override {
        if (handler_ != nullptr) handler_->on_answer_lost(tx, why);
    }
    void on_flow_closed(sip::FlowId flow, std::string_view why) override {
        if (handler_ != nullptr) handler_->on_flow_closed(flow, why);
    }

private:
    sip::RequestHandler* handler_ = nullptr;
};

} // namespace wakeline::daemon

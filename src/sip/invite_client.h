// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sip/client_transaction.h"
#include "sip/invite_client_table.h"

namespace wakeline::sip {

/// One INVITE client transaction: sends the INVITE, acknowledges failures, cancels when it may.
class InviteClient final : public ClientTransaction, TransactionMachine<invite_client::Rules>::Owner {
public:
    InviteClient(const TransactionLayer& layer, ClientTransaction::Owner& owner, Request request);
    ~InviteClient() override;

    void start() override;
    void on_response(const Message& response) override;
    void on_transport_error() override;
    void cancel(std::string_view reason) override;

private:
    void run(invite_client::Action action) override;
    void terminated() override { owner_.ended(id()); }

    void deliver_response();
    void acknowledge();
    void send_cancel();

    TransactionMachine<invite_client::Rules> machine_;
    const Message* response_ = nullptr; // the one being handled
    std::string cancel_reason_;
};

} // namespace wakeline::sip

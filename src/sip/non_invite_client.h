// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sip/client_transaction.h"
#include "sip/non_invite_client_table.h"

namespace wakeline::sip {

/// One client transaction of any other method, CANCEL included.
class NonInviteClient final : public ClientTransaction, TransactionMachine<non_invite_client::Rules>::Owner {
public:
    NonInviteClient(const TransactionLayer& layer, ClientTransaction::Owner& owner, Request request);
    ~NonInviteClient() override;

    void start() override;
    void on_response(const Message& response) override;
    void on_transport_error() override;
    void cancel(std::string_view) override {} // RFC 3261 9.1: an INVITE alone can be cancelled

private:
    void run(non_invite_client::Action action) override;
    void terminated() override { owner_.ended(id()); }

    TransactionMachine<non_invite_client::Rules> machine_;
    const Message* response_ = nullptr; // the one being handled
};

} // namespace wakeline::sip

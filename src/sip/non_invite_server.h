// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sip/non_invite_server_table.h"
#include "sip/server_transaction.h"

namespace wakeline::sip {

/// One server transaction of any other method but ACK and CANCEL.
class NonInviteServer final : public ServerTransaction, TransactionMachine<non_invite_server::Rules>::Owner {
public:
    NonInviteServer(const TransactionLayer& layer, ServerTransaction::Owner& owner, Request request);
    ~NonInviteServer() override;

    void on_repeated() override;
    void on_transport_error() override;
    bool respond(int status, std::string text) override;
    void abandon() override { machine_.handle_later(non_invite_server::Event::TransportError); }

private:
    void run(non_invite_server::Action action) override;
    void terminated() override { owner_.ended(id()); }

    TransactionMachine<non_invite_server::Rules> machine_;
    bool* sent_ = nullptr; // where respond() waits for the outcome: the last answer may end the transaction
};

} // namespace wakeline::sip

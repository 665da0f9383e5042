// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sip/invite_server_table.h"
#include "sip/server_transaction.h"

namespace wakeline::sip {

/// One INVITE server transaction.
class InviteServer final : public ServerTransaction, TransactionMachine<invite_server::Rules>::Owner {
public:
    InviteServer(const TransactionLayer& layer, ServerTransaction::Owner& owner, RequestHandler& handler,
                 Request request);
    ~InviteServer() override;

    void on_repeated() override;
    void on_transport_error() override;
    bool respond(int status, std::string text) override;
    void abandon() override;
    void on_cancel(const Message& cancel);
    void on_ack(const Message& ack);

    /// The tag of our last answer; that to a CANCEL should have the same (RFC 3261 9.2). Empty: none yet.
    std::string to_tag() const;

private:
    void run(invite_server::Action action) override;
    void terminated() override { owner_.ended(id()); }

    RequestHandler& handler_;
    TransactionMachine<invite_server::Rules> machine_;
    const Message* arrived_ = nullptr; // the CANCEL or ACK being handled
    bool sent_ = false;                // the answer being given
    bool known_ = false;               // the user knows that the flow is gone
};

} // namespace wakeline::sip

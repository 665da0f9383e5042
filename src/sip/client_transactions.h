// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "sip/builder.h"
#include "sip/client_transaction.h"
#include "sip/transaction_config.h"

namespace wakeline::sip {

/// The client transactions that exist: makes them, finds the one that a response is for (RFC 3261 17.1.3).
class ClientTransactions final : ClientTransaction::Owner {
public:
    ClientTransactions(const TransactionLayer& layer, const TransactionConfig& config);

    ClientTx send(FlowId flow, Builder request, ResponseHandler& handler);
    void send_ack(FlowId flow, Builder ack);
    void cancel(ClientTx invite, std::string_view reason);
    void forget(ClientTx tx);

    void on_response(const Message& response);
    void on_flow_closed(FlowId flow);

    std::size_t invites() const noexcept { return invites_.size(); }
    std::size_t others() const noexcept { return others_.size(); }

private:
    void send_cancel(FlowId flow, std::string_view branch, std::string text) override;
    void ended(ClientTx id) override;

    ClientTx start(ClientTransaction::Request request);
    std::string stamp(const FlowInfo& info, Builder& request) const;
    std::string new_branch() const;

    TransactionLayer layer_;
    const TransactionConfig& config_;
    std::unordered_map<ClientTx, std::unique_ptr<ClientTransaction>> by_id_;
    /// INVITEs apart from the others: a CANCEL has the branch of its INVITE. The keys lie in the
    /// transactions.
    std::unordered_map<std::string_view, ClientTransaction*> invites_, others_;
    std::set<std::pair<FlowId, ClientTx>> by_flow_; // of connections; UDP flows do not close
    ClientTx last_id_ = 0;
};

} // namespace wakeline::sip

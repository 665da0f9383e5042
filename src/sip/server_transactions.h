// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "sip/builder.h"
#include "sip/invite_server.h"
#include "sip/non_invite_server.h"
#include "sip/transaction_config.h"

namespace wakeline::sip {

/// The server transactions that exist: makes one for each new request, finds the one of a repeated request,
/// an ACK or a CANCEL (RFC 3261 17.2.3), and sends the answers.
class ServerTransactions final : ServerTransaction::Owner {
public:
    ServerTransactions(const TransactionLayer& layer, RequestHandler& handler,
                       const TransactionConfig& config);

    bool respond(ServerTx tx, const Builder& response);

    void on_request(FlowId flow, const Message& request);
    void on_flow_closed(FlowId flow);

    std::size_t invites() const noexcept { return invites_; }
    std::size_t others() const noexcept { return by_id_.size() - invites_; }

private:
    void ended(ServerTx id) override;

    InviteServer* find_invite();
    void on_ack(FlowId flow, const Message& ack);
    void on_cancel(FlowId flow, const Message& cancel);
    void on_new(FlowId flow, const FlowInfo& info, const Message& request);
    void begin(ServerTransaction::Request made, const Message& request);
    void answer_without_transaction(FlowId flow, const Message& request, int status, std::string_view to_tag);
    void trying(ServerTx id, const Message& invite);

    void write_key(const FlowInfo& info, const Message& request);
    static std::uint64_t origin_of(const Message& request);
    std::string finish(const FlowInfo& info, const Builder& response) const;

    TransactionLayer layer_;
    RequestHandler& handler_;
    const TransactionConfig& config_;
    std::unordered_map<ServerTx, std::unique_ptr<ServerTransaction>> by_id_;
    std::unordered_map<std::string_view, ServerTransaction*> by_key_; // the keys lie in the transactions
    std::unordered_map<std::uint64_t, ServerTx> origins_;
    std::set<std::pair<FlowId, ServerTx>> by_flow_; // of connections; UDP flows do not close
    std::size_t invites_ = 0;                       // among them
    std::size_t surplus_ = 0;                       // of all of them
    ServerTx last_id_ = 0;
    std::string key_; // being looked up; kept for its memory
};

} // namespace wakeline::sip

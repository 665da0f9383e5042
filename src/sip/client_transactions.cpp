// SPDX-License-Identifier: Apache-2.0
#include "sip/client_transactions.h"

#include <array>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "sip/invite_client.h"
#include "sip/non_invite_client.h"
#include "sip/request_check.h"

namespace wakeline::sip {

namespace {

constexpr std::string_view kInvite = "INVITE";

} // namespace

ClientTransactions::ClientTransactions(const TransactionLayer& layer, const TransactionConfig& config)
    : layer_(layer), config_(config) {}

ClientTx ClientTransactions::send(FlowId flow, Builder request, ResponseHandler& handler) {
    ClientTransaction::Request made;
    made.flow = flow;
    made.method = request.method();
    made.handler = &handler;
    // Without a flow, without room or without a good Request-URI nothing can be sent: the transaction fails
    // as soon as it has started.
    const bool sendable = by_id_.size() < config_.max_client && !request.uri().empty();
    const FlowInfo* info = sendable ? layer_.transport.info(flow) : nullptr;
    made.reliable = !info || is_reliable(info->kind);
    if (info) {
        made.branch = stamp(*info, request);
        made.text = request.str();
    } else {
        made.flow = 0;
        made.branch = new_branch();
    }
    return start(std::move(made));
}

void ClientTransactions::send_ack(FlowId flow, Builder ack) {
    const FlowInfo* info = layer_.transport.info(flow);
    if (!info) return;
    stamp(*info, ack);
    layer_.transport.send(flow, ack.str());
}

void ClientTransactions::cancel(ClientTx invite, std::string_view reason) {
    if (const auto found = by_id_.find(invite); found != by_id_.end()) found->second->cancel(reason);
}

void ClientTransactions::forget(ClientTx tx) {
    if (const auto found = by_id_.find(tx); found != by_id_.end()) found->second->forget();
}

void ClientTransactions::on_response(const Message& response) {
    if (!response_check(response)) return layer_.metrics.bad_via_responses.add();
    const std::string_view method = response.cseq().method;
    auto& table = method == kInvite ? invites_ : others_;
    const auto found = table.find(response.top_via().branch);
    if (found == table.end() || found->second->method() != method)
        return layer_.metrics.stray_responses.add();
    found->second->on_response(response);
}

void ClientTransactions::on_flow_closed(FlowId flow) {
    std::vector<ClientTx> cut;
    for (auto at = by_flow_.lower_bound({flow, 0}); at != by_flow_.end() && at->first == flow; ++at)
        cut.push_back(at->second);
    for (const ClientTx id : cut)
        if (const auto found = by_id_.find(id); found != by_id_.end()) found->second->on_transport_error();
}

void ClientTransactions::send_cancel(FlowId flow, std::string_view branch, std::string text) {
    const FlowInfo* info = layer_.transport.info(flow);
    ClientTransaction::Request cancel;
    cancel.flow = flow;
    cancel.reliable = !info || is_reliable(info->kind);
    cancel.branch = branch;
    cancel.method = "CANCEL";
    cancel.text = std::move(text);
    start(std::move(cancel));
}

ClientTx ClientTransactions::start(ClientTransaction::Request request) {
    const ClientTx id = request.id = ++last_id_;
    const bool invite = request.method == kInvite;
    ClientTransaction::Owner& owner = *this;
    std::unique_ptr<ClientTransaction> made;
    if (invite)
        made = std::make_unique<InviteClient>(layer_, owner, std::move(request));
    else
        made = std::make_unique<NonInviteClient>(layer_, owner, std::move(request));

    ClientTransaction& transaction = *by_id_.emplace(id, std::move(made)).first->second;
    (invite ? invites_ : others_).emplace(transaction.branch(), &transaction);
    if (transaction.reliable()) by_flow_.emplace(transaction.flow(), id);
    transaction.start();
    return id;
}

void ClientTransactions::ended(ClientTx id) {
    const auto found = by_id_.find(id);
    const ClientTransaction& transaction = *found->second;
    auto& table = transaction.method() == kInvite ? invites_ : others_;
    table.erase(transaction.branch());
    if (transaction.reliable()) by_flow_.erase({transaction.flow(), id});
    by_id_.erase(found);
}

/// What every request of ours gets at the last moment: Via, and the headers nobody above cares about.
std::string ClientTransactions::stamp(const FlowInfo& info, Builder& request) const {
    std::string branch = new_branch();
    std::string via = "SIP/2.0/";
    via.append(via_name(info.kind)).append(" ").append(info.sent_by).append(";branch=").append(branch);
    if (!is_reliable(info.kind)) via += ";rport"; // RFC 3581
    request.prepend("Via", via);
    if (!request.find("Max-Forwards")) request.add("Max-Forwards", "70");
    if (!config_.server.empty() && !request.find("User-Agent")) request.add("User-Agent", config_.server);
    return branch;
}

/// The shard comes first, so that a response which reaches another shard can be handed over.
std::string ClientTransactions::new_branch() const {
    std::array<std::uint8_t, 13> raw{};
    random_bytes(raw);
    raw[0] = config_.shard;
    return "z9hG4bK" + hex(raw);
}

} // namespace wakeline::sip

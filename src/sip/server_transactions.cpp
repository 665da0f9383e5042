// SPDX-License-Identifier: Apache-2.0
#include "sip/server_transactions.h"

#include <functional>
#include <vector>

#include "base/random.h"
#include "base/text.h"
#include "sip/received.h"
#include "sip/request_check.h"

namespace wakeline::sip {

namespace {

constexpr std::string_view kInvite = "INVITE";
constexpr std::string_view kMagicCookie = "z9hG4bK"; // RFC 3261 8.1.1.7

/// A key starts with the method.
bool is_invite(std::string_view key) {
    return key.starts_with(kInvite) && key.substr(kInvite.size()).starts_with(' ');
}

} // namespace

ServerTransactions::ServerTransactions(const TransactionLayer& layer, RequestHandler& handler,
                                       const TransactionConfig& config)
    : layer_(layer), handler_(handler), config_(config) {}

bool ServerTransactions::respond(ServerTx tx, const Builder& response) {
    const auto found = by_id_.find(tx);
    if (found == by_id_.end()) return false;
    if (const FlowInfo* info = layer_.transport.info(found->second->flow()))
        return found->second->respond(response.status(), finish(*info, response));
    found->second->abandon();
    return false;
}

void ServerTransactions::on_request(FlowId flow, const Message& request) {
    const FlowInfo* info = layer_.transport.info(flow);
    if (!info) return; // closed by what came before: nobody could be answered
    write_key(*info, request);
    if (request.method() == "ACK") return on_ack(flow, request);
    if (request.method() == "CANCEL") return on_cancel(flow, request);
    if (const auto found = by_key_.find(key_); found != by_key_.end()) return found->second->on_repeated();
    on_new(flow, *info, request);
}

void ServerTransactions::on_flow_closed(FlowId flow) {
    std::vector<ServerTx> cut;
    for (auto at = by_flow_.lower_bound({flow, 0}); at != by_flow_.end() && at->first == flow; ++at)
        cut.push_back(at->second);
    for (const ServerTx id : cut)
        if (const auto found = by_id_.find(id); found != by_id_.end()) found->second->on_transport_error();
}

void ServerTransactions::ended(ServerTx id) {
    const auto found = by_id_.find(id);
    const ServerTransaction& transaction = *found->second;
    by_key_.erase(transaction.key());
    if (is_invite(transaction.key())) --invites_;
    if (const auto origin = origins_.find(transaction.origin());
        origin != origins_.end() && origin->second == id)
        origins_.erase(origin);
    if (transaction.reliable()) by_flow_.erase({transaction.flow(), id});
    surplus_ -= transaction.surplus();
    by_id_.erase(found);
}

InviteServer* ServerTransactions::find_invite() {
    const auto found = by_key_.find(key_);
    if (found == by_key_.end() || !is_invite(key_)) return nullptr;
    return static_cast<InviteServer*>(found->second);
}

void ServerTransactions::on_ack(FlowId flow, const Message& ack) {
    if (InviteServer* invite = find_invite()) return invite->on_ack(ack);
    handler_.on_ack(flow, ack); // of a 2xx: it has a branch of its own
}

void ServerTransactions::on_cancel(FlowId flow, const Message& cancel) {
    InviteServer* invite = find_invite();
    if (!invite) {
        layer_.metrics.unmatched_cancels.add();
        return answer_without_transaction(flow, cancel, 481, random_token(64));
    }
    // Without a transaction of its own: what comes again is answered again, and told to nobody.
    const std::string tag = invite->to_tag();
    answer_without_transaction(flow, cancel, 200, tag.empty() ? random_token(64) : tag);
    invite->on_cancel(cancel);
}

void ServerTransactions::on_new(FlowId flow, const FlowInfo& info, const Message& request) {
    const std::size_t surplus = info.side == Side::Access && request.size() > TransactionConfig::kUsualSize
                                    ? request.size() - TransactionConfig::kUsualSize
                                    : 0;
    if (by_id_.size() >= config_.max_server || (surplus > 0 && surplus_ + surplus > config_.max_surplus)) {
        layer_.metrics.requests_refused.add();
        return answer_without_transaction(flow, request, 503, random_token(64));
    }
    ServerTransaction::Request made;
    made.flow = flow;
    made.reliable = is_reliable(info.kind);
    made.surplus = static_cast<std::uint32_t>(surplus);
    made.key = key_;
    if (request.to_tag().empty()) {
        made.origin = origin_of(request);
        if (origins_.contains(made.origin)) {
            layer_.metrics.requests_merged.add();
            return answer_without_transaction(flow, request, 482, random_token(64));
        }
    }
    begin(std::move(made), request);
}

void ServerTransactions::begin(ServerTransaction::Request made, const Message& request) {
    const ServerTx id = made.id = ++last_id_;
    const FlowId flow = made.flow;
    if (made.reliable) by_flow_.emplace(flow, id);
    if (made.origin != 0) origins_.emplace(made.origin, id);
    surplus_ += made.surplus;

    auto& place = by_id_[id];
    ServerTransaction::Owner& owner = *this;
    if (request.method() == kInvite) {
        place = std::make_unique<InviteServer>(layer_, owner, handler_, std::move(made));
        ++invites_;
    } else {
        place = std::make_unique<NonInviteServer>(layer_, owner, std::move(made));
    }
    by_key_.emplace(place->key(), place.get());

    if (const auto bad = request_check(request)) {
        layer_.metrics.requests_unacceptable.add();
        respond(id, bad->answer(request, random_token(64)));
        return;
    }
    if (request.method() == kInvite) trying(id, request);
    handler_.on_request(id, flow, request);
}

/// RFC 3261 17.2.1 allows 200 ms to do better; a held call will take longer.
void ServerTransactions::trying(ServerTx id, const Message& invite) {
    respond(id, Builder::response(invite, 100, {}).copy(invite, "Timestamp"));
}

void ServerTransactions::answer_without_transaction(FlowId flow, const Message& request, int status,
                                                    std::string_view to_tag) {
    const FlowInfo* info = layer_.transport.info(flow);
    Builder response = Builder::response(request, status, to_tag);
    if (status == 503) response.add("Retry-After", "5");
    layer_.transport.send(flow, finish(*info, response));
}

/// RFC 3261 17.2.3: branch, sent-by and method, where ACK and CANCEL are looked up as their INVITE. Of a
/// branch without magic cookie nothing can be expected, so the names of the request count as well.
void ServerTransactions::write_key(const FlowInfo& info, const Message& request) {
    const std::string_view method = request.method();
    const Via& via = request.top_via();
    key_ = method == "ACK" || method == "CANCEL" ? kInvite : method;
    key_.append(info.side == Side::Access ? " a " : " t ").append(via.branch).append(" ").append(via.host);
    key_.append(":").append(std::to_string(via.port));
    if (via.branch.starts_with(kMagicCookie)) return;
    key_.append(" ").append(request.call_id()).append(" ").append(std::to_string(request.cseq().number));
    key_.append(" ").append(request.from_tag());
}

/// RFC 3261 8.2.2.2, and the Request-URI: the PBX may fork a call to several of our devices, each with a
/// Contact of its own, and those are different requests to us.
std::uint64_t ServerTransactions::origin_of(const Message& request) {
    std::string origin;
    origin.append(request.method()).append(" ").append(request.request_uri().str()).append(" ");
    origin.append(request.call_id()).append(" ").append(std::to_string(request.cseq().number)).append(" ");
    origin.append(request.from_tag());
    return std::hash<std::string>{}(origin) | 1; // 0: none
}

std::string ServerTransactions::finish(const FlowInfo& info, const Builder& response) const {
    std::string text = response.str();
    if (!config_.server.empty() && !response.find("Server"))
        text.insert(text.find("\r\n") + 2, "Server: " + config_.server + "\r\n");
    stamp_received(text, info.remote);
    return text;
}

} // namespace wakeline::sip

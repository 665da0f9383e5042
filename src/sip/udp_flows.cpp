// SPDX-License-Identifier: Apache-2.0
#include "sip/udp_flows.h"

#include "sip/framing.h"

namespace wakeline::sip {

Result<std::unique_ptr<UdpFlows>> UdpFlows::open(TransportGround& ground, Index& index, Endpoint endpoint,
                                                 unsigned dscp) {
    std::unique_ptr<UdpFlows> flows(new UdpFlows(ground, index, std::move(endpoint)));
    auto socket =
        net::UdpSocket::open(ground.loop, flows->endpoint_.address, {.dscp = dscp, .buffer_bytes = 1 << 20},
                             [self = flows.get()](const net::SocketAddress& from, std::string_view data) {
                                 self->on_datagram(from, data);
                             });
    if (!socket) return socket.error();
    flows->socket_ = *std::move(socket);
    return flows;
}

UdpFlows::~UdpFlows() {
    while (!flows_.empty())
        forget(flows_.begin());
}

void UdpFlows::on_datagram(const net::SocketAddress& from, std::string_view data) {
    if (is_keepalive(data)) {
        // A phone's CRLF also keeps its flow young. Only a flow that exists is answered: no reflection.
        const auto known = by_remote_.find(from);
        if (known == by_remote_.end() || data.find('\n') == std::string_view::npos) return;
        flows_.splice(flows_.begin(), flows_, known->second);
        ground_.metrics.pings.add();
        return socket_->send(from, std::string(kPong), known->second->info.local);
    }
    auto parsed = Message::parse(data);
    if (const auto* refusal = std::get_if<Refusal>(&parsed)) {
        ground_.metrics.malformed.add();
        ground_.log.debug("malformed SIP datagram", {{"from", from.str()}, {"why", refusal->why}});
        if (!refusal->response.empty()) socket_->send(from, refusal->response, socket_->arrived_at());
        return;
    }
    ground_.metrics.messages_in.add();
    const FlowId id = touch(from, socket_->arrived_at()).id;
    ground_.user.on_message(id, std::get<Message>(parsed));
}

UdpFlows::Flow& UdpFlows::touch(const net::SocketAddress& remote, const net::SocketAddress& local) {
    if (const auto known = by_remote_.find(remote); known != by_remote_.end()) {
        flows_.splice(flows_.begin(), flows_, known->second);
        return flows_.front();
    }
    if (flows_.size() >= kMaxFlows) {
        const FlowId oldest = flows_.back().id;
        forget(std::prev(flows_.end()));
        // Later: this may run inside a Transport call.
        ground_.loop.defer(
            [&user = ground_.user, oldest] { user.on_flow_closed(oldest, "too many UDP flows"); });
    }
    FlowInfo info{.kind = TransportKind::Udp,
                  .side = endpoint_.side,
                  .listener = endpoint_.name,
                  .local = local,
                  .remote = remote,
                  .sent_by = endpoint_.sent_by(local),
                  .mutual = false,
                  .peer_identity = {}};
    flows_.push_front({ground_.next_id(), std::move(info)});
    by_remote_[remote] = flows_.begin();
    by_id_[flows_.front().id] = flows_.begin();
    index_[flows_.front().id] = this;
    ground_.metrics.flows_udp.add();
    return flows_.front();
}

bool UdpFlows::send(FlowId flow, std::string message) {
    const auto found = by_id_.find(flow);
    if (found == by_id_.end()) return false;
    const FlowInfo& info = found->second->info;
    socket_->send(info.remote, std::move(message),
                  info.local.is_unspecified() ? net::SocketAddress{} : info.local);
    ground_.metrics.messages_out.add();
    return true;
}

void UdpFlows::close(FlowId flow) {
    if (const auto found = by_id_.find(flow); found != by_id_.end()) forget(found->second);
}

const FlowInfo* UdpFlows::info(FlowId flow) const {
    const auto found = by_id_.find(flow);
    return found == by_id_.end() ? nullptr : &found->second->info;
}

void UdpFlows::forget(Flows::iterator flow) {
    index_.erase(flow->id);
    by_id_.erase(flow->id);
    by_remote_.erase(flow->info.remote);
    flows_.erase(flow);
    ground_.metrics.flows_udp.add(-1);
}

} // namespace wakeline::sip

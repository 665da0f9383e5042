// SPDX-License-Identifier: Apache-2.0
#include "sip/udp_transport.h"

#include <algorithm>

#include "net/socket.h"
#include "sip/framing.h"

namespace wakeline::sip {

namespace {

using namespace std::chrono_literals;

constexpr int kSocketBuffer = 4 * 1024 * 1024; // a burst of registrations; the system may give less
constexpr std::size_t kLargestDatagram = 65'507;
constexpr net::Duration kSweepEvery = 60s; // at most

} // namespace

/// One remote address. Takes itself out of its transport's tables, which outlive it.
class UdpTransport::RemoteFlow final : public Flow {
public:
    RemoteFlow(UdpTransport& transport, FlowId id, FlowInfo info)
        : Flow(id, std::move(info)), transport_(transport),
          place_(transport.order_.add(*this, transport.intake_.loop.now())) {
        transport_.by_remote_.emplace(this->info().remote, this);
        transport_.intake_.metrics.udp.flows.add();
    }
    ~RemoteFlow() override { leave(); }

    bool send(std::string message) override {
        if (message.size() > kLargestDatagram) return false;
        touch();
        transport_.socket_->send(info().remote, std::move(message), info().local);
        return true;
    }
    bool finish() override {
        leave();
        return false;
    }
    void touch() { transport_.order_.touch(place_, transport_.intake_.loop.now()); }
    /// Out of the tables at once: the flow itself dies at the end of the turn.
    void leave() {
        if (gone_) return;
        gone_ = true;
        transport_.by_remote_.erase(info().remote);
        transport_.order_.remove(place_);
        transport_.intake_.metrics.udp.flows.add(-1);
    }

private:
    UdpTransport& transport_;
    IdleOrder<RemoteFlow>::Place place_;
    bool gone_ = false;
};

UdpTransport::UdpTransport(Intake& intake, Endpoint endpoint)
    : intake_(intake), endpoint_(std::move(endpoint)), sweep_timer_(intake.loop) {}

Result<std::unique_ptr<UdpTransport>> UdpTransport::open(Intake& intake, Endpoint endpoint) {
    std::unique_ptr<UdpTransport> transport(new UdpTransport(intake, std::move(endpoint)));
    const Endpoint& own = transport->endpoint_;
    auto socket =
        net::UdpSocket::open(intake.loop, own.address, {.dscp = own.dscp, .buffer_bytes = kSocketBuffer},
                             [raw = transport.get()](const net::SocketAddress& from, std::string_view data) {
                                 raw->on_datagram(from, data);
                             });
    if (!socket) return socket.error();
    transport->socket_ = *std::move(socket);
    transport->sweep();
    return transport;
}

FlowId UdpTransport::flow_to(const net::SocketAddress& remote) {
    const bool any = local().is_unspecified();
    net::SocketAddress own = any && !by_remote_.contains(remote) ? net::source_towards(remote) : local();
    own.set_port(local().port());
    return find_or_make(remote, own).id();
}

void UdpTransport::on_datagram(const net::SocketAddress& from, std::string_view data) {
    if (is_keepalive(data)) return on_keepalive(from, data);
    Intake::Read read = intake_.read(TransportKind::Udp, from, data);
    const net::SocketAddress at = socket_->arrived_at();
    if (!read.message) {
        if (!read.answer.empty()) socket_->send(from, std::move(read.answer), at);
        return;
    }
    RemoteFlow& flow = find_or_make(from, at);
    flow.touch();
    if (intake_.tap != nullptr) intake_.tap->on_octets(Tap::Way::Received, flow.info(), data);
    intake_.flows.user().on_message(flow.id(), *read.message);
}

/// RFC 5626 4.4.1 asks for an answer on streams alone, but phones ping so by UDP as well, and take the answer
/// for a sign of life.
void UdpTransport::on_keepalive(const net::SocketAddress& from, std::string_view data) {
    intake_.metrics.keepalives.add();
    if (const auto flow = by_remote_.find(from); flow != by_remote_.end()) flow->second->touch();
    if (data == "\r\n\r\n") socket_->send(from, std::string(kPong), socket_->arrived_at());
}

UdpTransport::RemoteFlow& UdpTransport::find_or_make(const net::SocketAddress& remote,
                                                     const net::SocketAddress& own) {
    if (const auto found = by_remote_.find(remote); found != by_remote_.end()) return *found->second;
    if (order_.size() >= intake_.limits.udp_flows)
        intake_.flows.close(order_.oldest()->id(), "too many UDP flows, and this one was unused for longest");
    auto made = std::make_unique<RemoteFlow>(*this, intake_.flows.new_id(),
                                             endpoint_.flow(own, remote, local().port()));
    RemoteFlow& flow = *made;
    intake_.flows.add(std::move(made));
    return flow;
}

void UdpTransport::sweep() {
    while (const RemoteFlow* flow = order_.idle_since(intake_.loop.now(), intake_.limits.udp_idle))
        intake_.flows.close(flow->id(), "unused");
    intake_.metrics.udp_dropped.add(static_cast<std::int64_t>(socket_->dropped() - dropped_));
    dropped_ = socket_->dropped();
    sweep_timer_.arm(std::min(kSweepEvery, intake_.limits.udp_idle), [this] { sweep(); });
}

} // namespace wakeline::sip

// SPDX-License-Identifier: Apache-2.0
#include "sip/transports.h"

#include <deque>

#include "net/deferred.h"
#include "sip/stream_flows.h"
#include "sip/udp_flows.h"

namespace wakeline::sip {

struct Transports::State {
    State(net::EventLoop& loop, Log& log, Metrics& registry, TransportUser& user,
          const TransportsConfig& config)
        : metrics(registry), ground{loop, log, metrics, user}, streams(ground, config.dscp, config.keepalive),
          report(loop) {}

    /// A flow that cannot be: its end is told at the end of the turn.
    FlowId hopeless(const FlowTarget& target) {
        stillborn.push_back(ground.next_id());
        ground.log.warning(
            "no listener of ours can reach the peer: give its trunk a `local` address of the same "
            "family",
            {{"transport", std::string(via_name(target.kind))}, {"remote", target.remote.str()}});
        report.arm([this] {
            for (auto told = std::exchange(stillborn, {}); const FlowId flow : told)
                ground.user.on_flow_closed(flow, "no endpoint of ours for this transport and address family");
        });
        return stillborn.back();
    }

    TransportMetrics metrics;
    TransportGround ground;
    StreamFlows streams;
    UdpFlows::Index udp_index;
    std::vector<std::unique_ptr<UdpFlows>> udp;
    std::deque<FlowId> stillborn;
    net::Deferred report;
};

Transports::Transports(std::unique_ptr<State> state) : state_(std::move(state)) {}
Transports::~Transports() = default;

Result<std::unique_ptr<Transports>> Transports::open(net::EventLoop& loop, Log& log, Metrics& metrics,
                                                     TransportUser& user, const TransportsConfig& config) {
    std::unique_ptr<Transports> transports(
        new Transports(std::make_unique<State>(loop, log, metrics, user, config)));
    State& state = *transports->state_;
    for (const auto& listener : config.listeners) {
        Status opened = Done{};
        if (listener.kind == TransportKind::Udp) {
            auto flows = UdpFlows::open(
                state.ground, state.udp_index,
                {listener.name, listener.side, listener.kind, listener.address, listener.public_host},
                config.dscp);
            if (flows)
                state.udp.push_back(*std::move(flows));
            else
                opened = flows.error();
        } else {
            opened = state.streams.listen(listener);
        }
        if (!opened)
            return Error{opened.error().code, "listener " + listener.name + " (" +
                                                  std::string(via_name(listener.kind)) + ' ' +
                                                  listener.address.str() + "): " + opened.error().message};
    }
    return transports;
}

bool Transports::send(FlowId flow, std::string message) {
    const auto found = state_->udp_index.find(flow);
    if (found != state_->udp_index.end()) return found->second->send(flow, std::move(message));
    return state_->streams.send(flow, message);
}

FlowId Transports::open(const FlowTarget& target, Side side) {
    if (target.kind != TransportKind::Udp) {
        const FlowId flow = state_->streams.open(target, side);
        return flow != 0 ? flow : state_->hopeless(target);
    }
    for (const auto& udp : state_->udp)
        if (udp->endpoint().side == side && udp->local().family() == target.remote.family())
            return udp->flow_to(target.remote);
    return state_->hopeless(target);
}

void Transports::close(FlowId flow) {
    const auto found = state_->udp_index.find(flow);
    if (found != state_->udp_index.end()) return found->second->close(flow);
    state_->streams.close(flow);
}

const FlowInfo* Transports::info(FlowId flow) const {
    const auto found = state_->udp_index.find(flow);
    return found != state_->udp_index.end() ? found->second->info(flow) : state_->streams.info(flow);
}

void Transports::stop_listening() { state_->streams.stop_listening(); }

std::vector<Transports::Listening> Transports::listening() const {
    auto list = state_->streams.listening();
    for (const auto& udp : state_->udp)
        list.push_back({udp->endpoint().name, "UDP", udp->local().str()});
    return list;
}

} // namespace wakeline::sip

// SPDX-License-Identifier: Apache-2.0
#include "sip/transports.h"

#include <algorithm>

namespace wakeline::sip {

namespace {

TransportKind kind_of(ListenTransport transport) {
    switch (transport) {
    case ListenTransport::Udp: return TransportKind::Udp;
    case ListenTransport::Tcp: return TransportKind::Tcp;
    case ListenTransport::Tls: return TransportKind::Tls;
    }
    return TransportKind::Udp;
}

Error cannot_open(std::string_view what, const std::string& name, const Error& error) {
    return {error.code, std::string(what) + " " + name + ": " + error.message};
}

} // namespace

Transports::Transports(net::EventLoop& loop, Log& log, Metrics& metrics, const TransportLimits& limits)
    : intake_(loop, log, metrics, limits) {}

Transports::~Transports() { intake_.flows.clear(); } // they hold on to what carries them

Result<std::unique_ptr<Transports>> Transports::open(net::EventLoop& loop, Log& log, Metrics& metrics,
                                                     const TransportsConfig& config) {
    TransportLimits limits = config.limits;
    limits.handshake_rate = config.access.handshake_rate;
    std::unique_ptr<Transports> transports(new Transports(loop, log, metrics, limits));
    for (const ListenerConfig& listener : config.access.listeners)
        if (const Status opened = transports->open_listener(listener, config); !opened)
            return cannot_open("listener", listener.name, opened.error());
    for (const TrunkAddress& trunk : config.trunks)
        if (const Status opened = transports->open_trunk(trunk, config.dscp); !opened)
            return cannot_open("trunk", trunk.name, opened.error());
    return transports;
}

Status Transports::open_listener(const ListenerConfig& listener, const TransportsConfig& config) {
    if (!listener.enabled) return Done{};
    const auto address =
        net::SocketAddress::parse(listener.address, static_cast<std::uint16_t>(listener.port));
    if (!address) return address.error();
    Endpoint endpoint{
        listener.name, Side::Access, kind_of(listener.transport), *address, config.access.public_address,
        config.dscp};
    Exit exit;
    if (listener.transport == ListenTransport::Udp) {
        const auto udp = add_udp(std::move(endpoint));
        if (!udp) return udp.error();
        exit.udp = *udp;
    } else {
        net::TlsContext* server = nullptr;
        if (listener.transport == ListenTransport::Tls) {
            const auto found = config.certificates.find(listener.certificate);
            if (found == config.certificates.end())
                return Error{ErrorCode::InvalidInput, "no certificate \"" + listener.certificate + "\""};
            server = found->second;
        }
        const auto stream = add_stream(std::move(endpoint), server, config.access.keepalive);
        if (!stream) return stream.error();
        exit.stream = *stream;
    }
    exits_.push_back(exit);
    return Done{};
}

Status Transports::open_trunk(const TrunkAddress& trunk, unsigned dscp) {
    Exit exit{.trunk = trunk.name, .side = Side::Trunk, .client = trunk.client};
    const auto shared = std::ranges::find_if(exits_, [&](const Exit& other) {
        return other.side == Side::Trunk && trunk.local.port() != 0 &&
               other.udp->endpoint().address == trunk.local;
    });
    if (shared != exits_.end()) {
        exit.udp = shared->udp;
        exit.stream = shared->stream;
    } else {
        Endpoint endpoint{trunk.name, Side::Trunk, TransportKind::Udp, trunk.local, {}, dscp};
        const auto udp = add_udp(endpoint);
        if (!udp) return udp.error();
        endpoint.kind = trunk.server != nullptr ? TransportKind::Tls : TransportKind::Tcp;
        const auto stream = add_stream(std::move(endpoint), trunk.server, trunk.keepalive);
        if (!stream) return stream.error();
        exit.udp = *udp;
        exit.stream = *stream;
    }
    exits_.push_back(exit);
    return Done{};
}

Result<UdpTransport*> Transports::add_udp(Endpoint endpoint) {
    auto opened = UdpTransport::open(intake_, std::move(endpoint));
    if (!opened) return opened.error();
    return udp_.emplace_back(*std::move(opened)).get();
}

Result<StreamTransport*> Transports::add_stream(Endpoint endpoint, net::TlsContext* server,
                                                net::Duration keepalive) {
    auto opened = StreamTransport::open(intake_, std::move(endpoint), server, keepalive);
    if (!opened) return opened.error();
    return streams_.emplace_back(*std::move(opened)).get();
}

bool Transports::send(FlowId flow, std::string message) {
    Flow* found = intake_.flows.find(flow);
    if (intake_.tap != nullptr && found != nullptr)
        intake_.tap->on_octets(Tap::Way::Sent, found->info(), message);
    if (found != nullptr && found->send(std::move(message))) {
        intake_.metrics.traffic(found->info().kind).sent.add();
        return true;
    }
    intake_.metrics.not_sent.add();
    return false;
}

bool Transports::Exit::leads_to(const FlowTarget& target, Side wanted) const {
    if (side != wanted || (!target.trunk.empty() && target.trunk != trunk)) return false;
    if (target.kind == TransportKind::Udp)
        return udp != nullptr && udp->local().family() == target.remote.family();
    if (stream == nullptr || stream->local().family() != target.remote.family()) return false;
    return target.kind == TransportKind::Tcp || client != nullptr;
}

FlowId Transports::open(const FlowTarget& target, Side side) {
    const auto exit = std::ranges::find_if(exits_, [&](const Exit& e) { return e.leads_to(target, side); });
    if (exit == exits_.end())
        return intake_.flows.none("no address of ours leads to " + target.remote.str() + " by " +
                                  std::string(via_name(target.kind)));
    if (target.kind == TransportKind::Udp) return exit->udp->flow_to(target.remote);
    return exit->stream->connect(target, exit->client);
}

const FlowInfo* Transports::info(FlowId flow) const {
    const Flow* found = intake_.flows.find(flow);
    return found != nullptr ? &found->info() : nullptr;
}

void Transports::stop_listening() {
    for (const auto& stream : streams_)
        stream->stop_listening();
}

std::vector<ListenerSnapshot> Transports::snapshot() const {
    std::vector<ListenerSnapshot> all;
    const auto show = [&all](const auto& transport) {
        const Endpoint& endpoint = transport->endpoint();
        all.push_back({endpoint.name, endpoint.side, endpoint.kind, transport->local(), transport->flows()});
    };
    std::ranges::for_each(streams_, show);
    std::ranges::for_each(udp_, show);
    return all;
}

} // namespace wakeline::sip

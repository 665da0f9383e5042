// SPDX-License-Identifier: Apache-2.0
#include "sip/stream_flows.h"

#include <algorithm>

namespace wakeline::sip {

namespace {

constexpr net::Duration kTendInterval = std::chrono::seconds(5);

std::string identity_of(const net::PeerCertificate& certificate, net::TlsIdentity identity) {
    switch (identity) {
    case net::TlsIdentity::None: return {};
    case net::TlsIdentity::Cn: return certificate.common_name;
    case net::TlsIdentity::San:
        if (!certificate.uris.empty()) return certificate.uris.front();
        return certificate.dns_names.empty() ? std::string() : certificate.dns_names.front();
    }
    return {};
}

bool same_target(const FlowTarget& a, const FlowTarget& b) {
    return a.kind == b.kind && a.remote == b.remote && a.tls_name == b.tls_name;
}

} // namespace

StreamFlows::StreamFlows(TransportGround& ground, unsigned dscp, net::Duration keepalive)
    : ground_(ground), stream_options_{.dscp = dscp}, keepalive_(keepalive),
      refusals_logged_(20, std::chrono::seconds(1)), tending_(ground.loop) {
    tend_all();
}

StreamFlows::~StreamFlows() = default;

Status StreamFlows::listen(const TransportsConfig::Listener& listener) {
    auto& made = *endpoints_.emplace_back(std::make_unique<Listening>(Listening{
        .endpoint = {listener.name, listener.side, listener.kind, listener.address, listener.public_host},
        .server = listener.server,
        .client = listener.client}));
    if (listener.kind == TransportKind::Tls && listener.server == nullptr) return Done{};
    auto opened = net::StreamListener::open(
        ground_.loop, listener.address, listener.server, {.stream = stream_options_},
        [this, &made](std::unique_ptr<net::Stream> stream) { on_accepted(made, std::move(stream)); },
        [this, &made](const net::SocketAddress& from, const net::PeerCertificate& shown,
                      std::string_view why) { on_refused(made, from, shown, why); });
    if (!opened) return opened.error();
    made.listener = *std::move(opened);
    made.endpoint.address = made.listener->local();
    return Done{};
}

void StreamFlows::stop_listening() {
    for (auto& endpoint : endpoints_)
        endpoint->listener.reset();
}

void StreamFlows::on_accepted(const Listening& listening, std::unique_ptr<net::Stream> stream) {
    const net::PeerCertificate& shown = stream->peer_certificate();
    FlowInfo info{.kind = listening.endpoint.kind,
                  .side = listening.endpoint.side,
                  .listener = listening.endpoint.name,
                  .local = stream->local(),
                  .remote = stream->remote(),
                  .sent_by = listening.endpoint.sent_by(stream->local()),
                  .mutual = shown.present(),
                  .peer_identity = {}};
    if (listening.server != nullptr)
        info.peer_identity = identity_of(shown, listening.server->profile().identity);
    if (info.mutual)
        ground_.log.debug("client certificate accepted", {{"listener", info.listener},
                                                          {"from", info.remote.str()},
                                                          {"subject", shown.subject},
                                                          {"serial", shown.serial}});
    auto connection = std::make_unique<Connection>(ground_, *this, std::move(info));
    Connection& added = *connection;
    connections_.emplace(added.id(), std::move(connection));
    added.accept(std::move(stream));
}

/// SBC-TLS-03: which certificate came, and what is wrong with it. Rate-limited, so that strangers cannot fill
/// the log.
void StreamFlows::on_refused(const Listening& listening, const net::SocketAddress& from,
                             const net::PeerCertificate& shown, std::string_view why) {
    ground_.metrics.handshakes_refused.add();
    if (!refusals_logged_.allow(ground_.loop.now())) return;
    const std::string reason(why);
    if (!shown.present())
        return ground_.log.info(
            "TLS handshake refused",
            {{"listener", listening.endpoint.name}, {"from", from.str()}, {"reason", reason}});
    ground_.log.info("client certificate refused", {{"listener", listening.endpoint.name},
                                                    {"from", from.str()},
                                                    {"subject", shown.subject},
                                                    {"issuer", shown.issuer},
                                                    {"serial", shown.serial},
                                                    {"reason", reason}});
}

const StreamFlows::Listening* StreamFlows::endpoint_for(const FlowTarget& target, Side side) const {
    for (const auto& endpoint : endpoints_)
        if (endpoint->endpoint.side == side && endpoint->endpoint.kind == target.kind &&
            endpoint->endpoint.address.family() == target.remote.family() &&
            (target.kind != TransportKind::Tls || endpoint->client != nullptr))
            return endpoint.get();
    return nullptr;
}

FlowId StreamFlows::open(const FlowTarget& target, Side side) {
    for (const Opened& opened : opened_)
        if (opened.side == side && same_target(opened.target, target)) return opened.flow;
    const Listening* from = endpoint_for(target, side);
    if (from == nullptr) return 0;
    const net::SocketAddress& local = from->endpoint.address;
    FlowInfo info{.kind = target.kind,
                  .side = side,
                  .listener = from->endpoint.name,
                  .local = local,
                  .remote = target.remote,
                  .sent_by = from->endpoint.sent_by(local),
                  .mutual = false,
                  .peer_identity = target.tls_name};
    auto connection = std::make_unique<Connection>(ground_, *this, std::move(info));
    Connection& added = *connection;
    added.own(target.kind == TransportKind::Tls
                  ? net::Stream::connect_tls(ground_.loop, local, target.remote, *from->client,
                                             target.tls_name, stream_options_, added)
                  : net::Stream::connect(ground_.loop, local, target.remote, stream_options_, added));
    opened_.push_back({target, side, added.id()});
    connections_.emplace(added.id(), std::move(connection));
    return opened_.back().flow;
}

bool StreamFlows::send(FlowId flow, std::string_view message) {
    const auto found = connections_.find(flow);
    return found != connections_.end() && found->second->send(message);
}

void StreamFlows::close(FlowId flow) {
    if (const auto found = connections_.find(flow); found != connections_.end()) found->second->close();
}

const FlowInfo* StreamFlows::info(FlowId flow) const {
    const auto found = connections_.find(flow);
    return found == connections_.end() ? nullptr : &found->second->info();
}

std::vector<Transports::Listening> StreamFlows::listening() const {
    std::vector<Transports::Listening> list;
    for (const auto& endpoint : endpoints_)
        if (endpoint->listener)
            list.push_back({endpoint->endpoint.name, std::string(via_name(endpoint->endpoint.kind)),
                            endpoint->listener->local().str()});
    return list;
}

void StreamFlows::on_connection_closed(Connection& connection, std::string_view why) {
    const FlowId flow = connection.id();
    std::erase_if(opened_, [flow](const Opened& opened) { return opened.flow == flow; });
    auto node = connections_.extract(flow);
    const std::string reason(why);
    ground_.log.debug("connection closed", {{"from", connection.info().remote.str()}, {"why", reason}});
    ground_.loop.defer_delete(std::move(node.mapped()));
    ground_.user.on_flow_closed(flow, reason);
}

void StreamFlows::tend_all() {
    tending_.arm(kTendInterval, [this] {
        const net::TimePoint now = ground_.loop.now();
        for (auto& [id, connection] : connections_)
            connection->tend(now, keepalive_);
        tend_all();
    });
}

} // namespace wakeline::sip

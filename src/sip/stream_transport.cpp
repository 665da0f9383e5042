// SPDX-License-Identifier: Apache-2.0
#include "sip/stream_transport.h"

#include <optional>

#include "net/socket.h"

namespace wakeline::sip {

namespace {

constexpr int kAwakeRounds = 10; // keep-alives without a word from the peer: then it sleeps
constexpr int kLooksPerRound = 5;

/// Nothing when the profile wants an identity that the certificate does not have.
std::optional<std::string> identity_of(const net::PeerCertificate& shown, net::TlsIdentity wanted) {
    switch (wanted) {
    case net::TlsIdentity::None: return "";
    case net::TlsIdentity::Cn: break;
    case net::TlsIdentity::San:
        for (const std::string& uri : shown.uris)
            if (uri.starts_with("sip:") || uri.starts_with("sips:")) return uri;
        if (shown.dns_names.empty()) return std::nullopt;
        return shown.dns_names.front();
    }
    if (shown.common_name.empty()) return std::nullopt;
    return shown.common_name;
}

/// Of the SAN, a space between; the CN where it has none (RFC 5922 7.1).
std::string all_names(const net::PeerCertificate& shown) {
    std::string all;
    for (const auto* names : {&shown.uris, &shown.dns_names})
        for (const std::string& name : *names)
            (all += all.empty() ? "" : " ") += name;
    return all.empty() ? shown.common_name : all;
}

} // namespace

StreamTransport::StreamTransport(Intake& intake, Endpoint endpoint, net::TlsContext* server,
                                 net::Duration keepalive)
    : intake_(intake), home_{intake, std::move(endpoint)}, server_(server), keepalive_(keepalive),
      keepalive_timer_(intake.loop) {}

StreamTransport::~StreamTransport() = default;

Result<std::unique_ptr<StreamTransport>>
StreamTransport::open(Intake& intake, Endpoint endpoint, net::TlsContext* server, net::Duration keepalive) {
    std::unique_ptr<StreamTransport> transport(
        new StreamTransport(intake, std::move(endpoint), server, keepalive));
    if (const Status listening = transport->listen(); !listening) return listening.error();
    return transport;
}

Status StreamTransport::listen() {
    net::StreamListener::Options limits;
    limits.stream = home_.options();
    limits.max_half_open = intake_.limits.half_open;
    limits.max_half_open_per_source = intake_.limits.half_open_per_source;
    limits.handshake_rate = intake_.limits.handshake_rate;
    auto listener = net::StreamListener::open(
        intake_.loop, home_.endpoint.address, server_, limits,
        [this](std::unique_ptr<net::Stream> stream) { accept(std::move(stream)); },
        [this](const net::SocketAddress& from, const net::PeerCertificate& shown, std::string_view why) {
            refused(from, shown, why);
        });
    if (!listener) return listener.error();
    listener_ = *std::move(listener);
    local_ = listener_->local();
    home_.port = local_.port();
    if (keepalive_ > net::Duration::zero())
        keepalive_timer_.arm(keepalive_ / kLooksPerRound, [this] { keep_alive(); });
    return Done{};
}

FlowId StreamTransport::connect(const FlowTarget& target, net::TlsContext* client) {
    std::string key = std::string(via_name(target.kind)) + ' ' + target.remote.str() + ' ' + target.tls_name;
    if (const auto found = home_.opened_by_us.find(key); found != home_.opened_by_us.end())
        return found->second;
    net::SocketAddress own = home_.endpoint.address;
    if (own.is_unspecified()) own = net::source_towards(target.remote);
    FlowInfo info = home_.endpoint.flow(own, target.remote, home_.port);
    info.kind = target.kind;
    auto flow = std::make_unique<StreamFlow>(home_, intake_.flows.new_id(), std::move(info));
    const FlowId id = home_.opened_by_us[key] = flow->id();
    flow->connect(target, client, std::move(key));
    intake_.flows.add(std::move(flow));
    return id;
}

void StreamTransport::accept(std::unique_ptr<net::Stream> stream) {
    const net::SocketAddress remote = stream->remote();
    if (intake_.connections >= intake_.limits.connections) {
        intake_.metrics.connections_refused.add();
        return intake_.log_peer("refusing a connection: too many",
                                {{"listener", home_.endpoint.name}, {"from", remote.str()}});
    }
    FlowInfo info = home_.endpoint.flow(stream->local(), remote, home_.port);
    const net::PeerCertificate& shown = stream->peer_certificate();
    info.mutual = server_ != nullptr && shown.present();
    if (info.mutual) {
        auto identity = identity_of(shown, server_->profile().identity);
        if (!identity) return refused(remote, shown, "the certificate names no user, and identity wants one");
        info.peer_identity = *std::move(identity);
        if (info.side == Side::Trunk) info.peer_identity = all_names(shown);
    }
    auto flow = std::make_unique<StreamFlow>(home_, intake_.flows.new_id(), std::move(info));
    flow->take(std::move(stream));
    intake_.flows.add(std::move(flow));
}

void StreamTransport::refused(const net::SocketAddress& from, const net::PeerCertificate& shown,
                              std::string_view why) {
    if (!from.valid()) { // ours to mend
        if (alarm_limit_.allow(intake_.loop.now()))
            intake_.log.error("cannot accept connections",
                              {{"listener", home_.endpoint.name}, {"why", std::string(why)}});
        return;
    }
    intake_.metrics.handshakes_refused.add();
    if (!shown.present())
        return intake_.log_peer(
            "TLS connection refused",
            {{"listener", home_.endpoint.name}, {"from", from.str()}, {"why", std::string(why)}});
    intake_.log_peer("TLS connection refused", {{"listener", home_.endpoint.name},
                                                {"from", from.str()},
                                                {"why", std::string(why)},
                                                {"subject", shown.subject},
                                                {"issuer", shown.issuer},
                                                {"serial", shown.serial}});
}

void StreamTransport::keep_alive() {
    const net::TimePoint now = intake_.loop.now();
    while (StreamFlow* flow = home_.order.idle_since(now, keepalive_))
        flow->keep_alive(now - kAwakeRounds * keepalive_);
    keepalive_timer_.arm(keepalive_ / kLooksPerRound, [this] { keep_alive(); });
}

} // namespace wakeline::sip

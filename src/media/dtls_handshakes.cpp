// SPDX-License-Identifier: Apache-2.0
#include "media/dtls_handshakes.h"

#include <algorithm>
#include <cstring>

#include "media/address_rules.h"

namespace wakeline::media {

namespace {

constexpr std::size_t kMostStrangers = 64;
/// A hello after that is a new association and no late repetition (RFC 6347 section 4.2.8).
constexpr net::Duration kSettled = std::chrono::seconds(2);

bool is_client_hello(ByteView datagram) {
    constexpr std::uint8_t kHandshake = 22, kClientHello = 1;
    return datagram.size() > 13 && datagram[0] == kHandshake && datagram[3] == 0 && datagram[4] == 0 &&
           datagram[13] == kClientHello;
}

bool fits(const std::vector<CertificateFingerprint>& promised, const DtlsKeys& keys) {
    return std::ranges::any_of(promised, [&](const CertificateFingerprint& one) {
        return std::ranges::find(keys.theirs, one) != keys.theirs.end();
    });
}

net::SocketAddress address_of(const Packet& packet) {
    return net::SocketAddress::from(&packet.from.any, sizeof packet.from);
}

} // namespace

DtlsHandshakes::DtlsHandshakes(Ground ground, MediaMetrics& metrics, DtlsThread& thread)
    : ground_(std::move(ground)), metrics_(metrics), thread_(thread) {}

void DtlsHandshakes::on_datagram(const Packet& packet, const FlowKey& source, net::TimePoint now) {
    const auto leg = ground_.relay.leg_at(source);
    const bool known = leg && legs_.contains(*leg);
    // Without rtcp-mux RTCP has a handshake of its own (RFC 5764 section 4.1), which we leave alone: its keys
    // would serve nothing that we must have.
    if (known && source.socket != legs_.at(*leg).plan.local.rtp) return;
    const HandshakeId id = known ? of_leg(*leg, packet, source, now) : of_stranger(packet, source, now);
    if (id == 0) return metrics_.unknown_source.add();
    thread_.receive(id, packet.data());
}

HandshakeId DtlsHandshakes::of_leg(const LegId& id, const Packet& packet, const FlowKey& source,
                                   net::TimePoint now) {
    Waiting& leg = legs_.at(id);
    const auto found = handshakes_.find(leg.handshake);
    if (found != handshakes_.end()) {
        Handshake& going = found->second;
        const bool anew = going.established && now - going.since > kSettled && is_client_hello(packet.data());
        if (!anew) {
            going.source = source; // it may have moved meanwhile: its flow says so
            going.address = address_of(packet);
            return leg.handshake;
        }
        end(leg.handshake);
    }
    leg.handshake = begin({source, address_of(packet), id, now}, leg.dtls.client, leg.plan.ice.has_value());
    return leg.handshake;
}

HandshakeId DtlsHandshakes::of_stranger(const Packet& packet, const FlowKey& source, net::TimePoint now) {
    if (!budget_.packet(source, now)) return 0;
    for (const HandshakeId id : strangers_)
        if (handshakes_.at(id).source == source) return id;
    if (!is_client_hello(packet.data()) || !ips_.contains(source.ip) || strangers_.size() >= kMostStrangers)
        return 0;
    const HandshakeId id = begin({source, address_of(packet), std::nullopt, now}, false, false);
    strangers_.push_back(id);
    return id;
}

HandshakeId DtlsHandshakes::begin(Handshake handshake, bool client, bool address_proved) {
    const HandshakeId id = thread_.open(*this, client, address_proved);
    handshakes_.emplace(id, std::move(handshake));
    return id;
}

void DtlsHandshakes::end(HandshakeId id) {
    if (handshakes_.erase(id) == 0) return;
    std::erase(strangers_, id);
    thread_.forget(id);
}

void DtlsHandshakes::on_streams(MediaId id, const std::vector<StreamPlan>& streams) {
    std::vector<LegId> wanted;
    for (const StreamPlan& stream : streams)
        for (const MediaSide side : {MediaSide::Phone, MediaSide::Trunk})
            if (stream.leg(side).dtls) {
                wanted.push_back({id, stream.index, side});
                wait(wanted.back(), stream.leg(side));
            }
    for (auto at = legs_.lower_bound({id, 0, MediaSide::Phone});
         at != legs_.end() && at->first.session == id;) {
        const LegId leg = (at++)->first;
        if (std::ranges::find(wanted, leg) == wanted.end()) stop_waiting(leg);
    }
}

void DtlsHandshakes::wait(const LegId& id, const LegPlan& plan) {
    const auto before = legs_.find(id);
    HandshakeId kept = 0;
    if (before != legs_.end() && before->second.dtls == *plan.dtls) {
        kept = before->second.handshake;
        before->second.handshake = 0;
    }
    stop_waiting(id);
    Waiting& leg = legs_[id];
    leg = {*plan.dtls, plan, kept, {}};
    if (!plan.ice)
        for (const auto* address : {&plan.signalling, &plan.rtp})
            if (address->valid()) leg.ips.push_back(FlowKey::of(0, *address).ip);
    for (const Ip& ip : leg.ips)
        ++ips_[ip];
    // Who is to wait for our hello has named its address, or proves it by ICE first.
    if (plan.dtls->client && kept == 0 && !plan.ice && credible(plan, plan.rtp))
        leg.handshake =
            begin({FlowKey::of(plan.local.rtp, plan.rtp), plan.rtp, id, ground_.clock.now()}, true, false);
}

void DtlsHandshakes::stop_waiting(const LegId& id) {
    const auto found = legs_.find(id);
    if (found == legs_.end()) return;
    for (const Ip& ip : found->second.ips) {
        const auto count = ips_.find(ip);
        if (--count->second == 0) ips_.erase(count);
    }
    end(found->second.handshake);
    legs_.erase(found);
}

void DtlsHandshakes::on_proved(const LegId& id, const FlowKey& source, const net::SocketAddress& address) {
    const auto found = legs_.find(id);
    if (found == legs_.end() || !found->second.dtls.client || found->second.plan.local.rtp != source.socket)
        return;
    const auto going = handshakes_.find(found->second.handshake);
    if (going == handshakes_.end())
        found->second.handshake = begin({source, address, id, ground_.clock.now()}, true, true);
    else
        going->second.address = address;
}

void DtlsHandshakes::on_closed(MediaId id) { on_streams(id, {}); }

void DtlsHandshakes::on_datagrams(HandshakeId id, std::vector<Bytes> datagrams) {
    ground_.post([this, id, datagrams = std::move(datagrams)] {
        const auto found = handshakes_.find(id);
        if (found == handshakes_.end()) return;
        for (const Bytes& datagram : datagrams)
            ground_.io.send(found->second.source.socket, found->second.address, datagram);
    });
}

void DtlsHandshakes::on_established(HandshakeId id, const DtlsKeys& keys) {
    ground_.post([this, id, keys] { settle(id, keys); });
}

void DtlsHandshakes::on_failed(HandshakeId id, const std::string&) {
    ground_.post([this, id] {
        metrics_.dtls_failed.add();
        end(id);
    });
}

void DtlsHandshakes::settle(HandshakeId id, const DtlsKeys& keys) {
    const auto found = handshakes_.find(id);
    if (found == handshakes_.end()) return;
    Handshake& handshake = found->second;
    const auto leg = handshake.leg ? handshake.leg : whose(handshake, keys);
    const auto waiting = leg ? legs_.find(*leg) : legs_.end();
    if (waiting == legs_.end() || !fits(waiting->second.dtls.theirs, keys)) {
        metrics_.dtls_failed.add(); // somebody's, but not who was promised
        return end(id);
    }
    std::erase(strangers_, id);
    handshake.leg = leg;
    handshake.established = true;
    handshake.since = ground_.clock.now();
    if (waiting->second.handshake != id) end(std::exchange(waiting->second.handshake, id));
    const auto given = ground_.relay.give_keys(*leg, keys.receive, keys.send, handshake.since);
    if (!given) return metrics_.dtls_failed.add();
    metrics_.dtls_established.add();
    if (waiting->second.plan.ice) return;
    Packet proof;
    proof.from_socket = handshake.source.socket;
    std::memcpy(&proof.from, handshake.address.sa(), handshake.address.size());
    ground_.relay.prove(leg->session, leg->stream, leg->side, proof, handshake.since);
}

/// Legs of one certificate (one phone's audio and video, or two calls of it) differ by their sockets, or the
/// one that has no keys yet is meant.
std::optional<LegId> DtlsHandshakes::whose(const Handshake& handshake, const DtlsKeys& keys) const {
    std::optional<LegId> owner;
    for (const auto& [id, leg] : legs_) {
        if (leg.plan.ice || leg.plan.local.rtp != handshake.source.socket || !fits(leg.dtls.theirs, keys) ||
            std::ranges::find(leg.ips, handshake.source.ip) == leg.ips.end())
            continue;
        if (!owner || leg.handshake == 0) owner = id;
    }
    return owner;
}

} // namespace wakeline::media

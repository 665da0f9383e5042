// SPDX-License-Identifier: Apache-2.0
#include "media/relay.h"

#include <algorithm>

#include "media/demux.h"

namespace wakeline::media {

namespace {

/// Video of 1,000 packets a second has counted half a round by then.
constexpr net::Duration kLongSilence = std::chrono::seconds(5);

/// Packets that are looked at together.
constexpr std::size_t kAhead = 16;

/// RFC 7675 section 5.1.
constexpr net::Duration kConsent = std::chrono::seconds(30);

/// For how long packets of a session that ended are still known as its own.
constexpr net::Duration kLinger = std::chrono::seconds(10);

std::string security(const LegPlan& plan) {
    return plan.receive ? std::string(info(plan.receive->suite).name) : "RTP";
}

std::string remote(const Flow& flow) { return flow.joined ? flow.remote.str() : ""; }

DirectionStats received(const Leg& leg) {
    DirectionStats stats = leg.reception.stats();
    stats.auth_failed = leg.forged;
    stats.dropped = leg.dropped;
    return stats;
}

DirectionStats rtcp_received(const Leg& leg) {
    DirectionStats stats;
    stats.packets = leg.rtcp_packets;
    stats.octets = leg.rtcp_octets;
    stats.auth_failed = leg.rtcp_refused;
    return stats;
}

StreamStats stats_of(const Stream& stream) {
    const Leg& phone = stream.leg(MediaSide::Phone);
    const Leg& trunk = stream.leg(MediaSide::Trunk);
    return {.kind = std::string(name(stream.kind)),
            .codec = stream.codec,
            .phone_security = security(phone.plan),
            .trunk_security = security(trunk.plan),
            .phone_remote = remote(phone.rtp),
            .trunk_remote = remote(trunk.rtp),
            .from_phone = received(phone),
            .from_trunk = received(trunk),
            .rtcp_from_phone = rtcp_received(phone),
            .rtcp_from_trunk = rtcp_received(trunk)};
}

MediaStats stats_of(const std::vector<std::unique_ptr<Stream>>& streams) {
    MediaStats stats;
    for (const auto& stream : streams)
        stats.push_back(stats_of(*stream));
    return stats;
}

} // namespace

Relay::Relay(const SrtpLibrary& library, MediaMetrics& metrics, Options options)
    : library_(library), metrics_(metrics), options_(std::move(options)),
      admission_(metrics_, options_.forbidden) {}

Relay::~Relay() = default;

void Relay::add_socket(SocketId id, bool rtcp) {
    if (options_.rtcp_sockets.size() <= id) options_.rtcp_sockets.resize(id + 1u);
    options_.rtcp_sockets[id] = rtcp;
}

Status Relay::apply(MediaId id, const std::vector<StreamPlan>& streams, bool active, net::TimePoint now) {
    Session& session = sessions_[id];
    session.reported = now;
    for (const auto& stream : session.streams) {
        const bool kept = std::ranges::find(streams, stream->index, &StreamPlan::index) != streams.end();
        if (!kept) stop(*stream);
    }
    Status result = Done{};
    for (const StreamPlan& plan : streams)
        if (auto changed = change(stream_at(id, session, plan.index), plan, active, now); !changed)
            result = changed;
    admission_.reserve(4 * (sessions_.size() + closed_.size()));
    if (sharer_ != nullptr) sharer_->on_streams(id, streams, now);
    return result;
}

Stream& Relay::stream_at(MediaId id, Session& session, std::size_t index) {
    for (const auto& stream : session.streams)
        if (stream->index == index) return *stream;
    auto& stream = *session.streams.emplace_back(std::make_unique<Stream>());
    stream.session = id;
    for (const MediaSide side : {MediaSide::Phone, MediaSide::Trunk}) {
        stream.leg(side).stream = &stream;
        stream.leg(side).side = side;
    }
    return stream;
}

Status Relay::change(Stream& stream, const StreamPlan& plan, bool active, net::TimePoint now) {
    stream.index = plan.index;
    stream.kind = plan.kind;
    stream.codec = plan.codec;
    stream.set_payloads(plan.payloads);
    stream.two_way = plan.two_way;
    stream.active = active;
    stream.closed = false;
    stream.last_packet = now;
    for (const MediaSide side : {MediaSide::Phone, MediaSide::Trunk}) {
        Leg& leg = stream.leg(side);
        LegPlan wanted = plan.leg(side);
        if (wanted.dtls && wanted.dtls == leg.plan.dtls) { // the association goes on, and so do its keys
            wanted.receive = leg.plan.receive;
            wanted.send = leg.plan.send;
        }
        if (auto good = set_keys(leg, wanted, now); !good) return good;
        leg.agree(std::move(wanted));
        if (leg.plan.ice && leg.checked == net::TimePoint{}) leg.checked = now;
        if (active || side == MediaSide::Phone)
            admission_.open(leg, now);
        else
            admission_.suspend(leg);
    }
    return Done{};
}

/// A key that stays keeps its context, and with it the packet counter; another key takes the counter over.
Status Relay::set_keys(Leg& leg, const LegPlan& plan, net::TimePoint now) {
    if (!plan.receive || !plan.send) {
        leg.inbound.reset();
        leg.outbound.reset();
        return Done{};
    }
    if (!leg.inbound) {
        auto inbound = SrtpReceiver::create(library_, *plan.receive);
        if (!inbound) return inbound.error();
        leg.inbound.emplace(*std::move(inbound));
    } else if (leg.plan.receive != plan.receive) {
        if (auto good = leg.inbound->rekey(library_, *plan.receive, leg.heard.all(), now); !good) return good;
    }
    if (leg.outbound && leg.plan.send == plan.send) return Done{};
    if (leg.outbound) return leg.outbound->rekey(*plan.send);
    auto outbound = SrtpSession::create(library_, SrtpDirection::Outbound, *plan.send);
    if (!outbound) return outbound.error();
    leg.outbound.emplace(*std::move(outbound));
    return Done{};
}

void Relay::stop(Stream& stream) {
    stream.closed = true;
    for (Leg& leg : stream.legs)
        admission_.linger(leg);
}

MediaStats Relay::close(MediaId id, net::TimePoint now) {
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return {};
    auto stats = stats_of(found->second.streams);
    if (sharer_ != nullptr) sharer_->on_closed(id);
    for (auto& stream : found->second.streams) {
        stop(*stream);
        closed_.push_back({std::move(stream), now + kLinger});
    }
    sessions_.erase(found);
    return stats;
}

MediaStats Relay::stats(MediaId id) const {
    const auto found = sessions_.find(id);
    return found == sessions_.end() ? MediaStats{} : stats_of(found->second.streams);
}

std::vector<MediaId> Relay::tick(net::TimePoint now) {
    std::erase_if(closed_, [&](const Closed& closed) {
        if (closed.until > now) return false;
        for (Leg& leg : closed.stream->legs)
            admission_.close(leg);
        return true;
    });
    for (auto& [id, session] : sessions_)
        for (const auto& stream : session.streams)
            for (Leg& leg : stream->legs)
                check_consent(leg, now);
    std::vector<MediaId> silent;
    if (options_.timeout == net::Duration::zero()) return silent; // never
    for (auto& [id, session] : sessions_) {
        const bool expected = std::ranges::any_of(session.streams, [](const auto& stream) {
            return !stream->closed && stream->active && stream->two_way;
        });
        if (!expected || now - session.silent_since() < options_.timeout) continue;
        session.reported = now;
        silent.push_back(id);
    }
    return silent;
}

/// A check, or a packet that belongs to the leg.
void Relay::check_consent(Leg& leg, net::TimePoint now) {
    if (!leg.plan.ice || leg.consent_lost) return;
    if (now - std::max(leg.checked, leg.reception.last_arrival()) < kConsent) return;
    leg.consent_lost = true;
    metrics_.consent_lost.add();
}

const Leg* Relay::leg(const LegId& id) const {
    const auto found = sessions_.find(id.session);
    if (found == sessions_.end()) return nullptr;
    for (const auto& stream : found->second.streams)
        if (stream->index == id.stream && !stream->closed) return &stream->leg(id.side);
    return nullptr;
}

std::optional<LegId> Relay::leg_at(const FlowKey& source) const {
    const Leg* leg = admission_.known(source);
    if (leg == nullptr || leg->stream->closed) return std::nullopt;
    return LegId{leg->stream->session, leg->stream->index, leg->side};
}

void Relay::renew_consent(const LegId& id, net::TimePoint now) {
    Leg* renewed = const_cast<Leg*>(leg(id)); // it is ours
    if (renewed == nullptr) return;
    renewed->checked = now;
    renewed->consent_lost = false;
}

Status Relay::give_keys(const LegId& id, const SrtpKey& receive, const SrtpKey& send, net::TimePoint now) {
    Leg* its = const_cast<Leg*>(leg(id));                 // it is ours
    if (its == nullptr || !its->plan.dtls) return Done{}; // the call has changed meanwhile
    LegPlan plan = its->plan;
    plan.receive = receive;
    plan.send = send;
    if (auto good = set_keys(*its, plan, now); !good) return good;
    its->agree(std::move(plan));
    return Done{};
}

net::TimePoint Relay::Session::silent_since() const {
    net::TimePoint last = reported;
    for (const auto& stream : streams)
        last = std::max(last, stream->last_packet);
    return last;
}

bool Relay::quiet(MediaId id, net::TimePoint now) const {
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return true;
    return std::ranges::all_of(found->second.streams, [&](const auto& stream) {
        return now - stream->last_packet >= options_.timeout;
    });
}

void Relay::process(std::span<Packet> packets, net::TimePoint now) {
    now_ = now;
    for (std::size_t done = 0; done < packets.size(); done += kAhead)
        process_few(packets.subspan(done, std::min(kAhead, packets.size() - done)));
    const auto relayed =
        std::ranges::count_if(packets, [](const Packet& packet) { return packet.to != nullptr; });
    metrics_.relayed.add(relayed);
}

/// What each packet needs of memory is fetched while the others are looked at.
void Relay::process_few(std::span<Packet> packets) {
    std::array<FlowKey, kAhead> sources;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        sources[i] = FlowKey::of(packets[i].from_socket, &packets[i].from.any);
        admission_.expect(sources[i]);
    }
    std::array<const Leg*, kAhead> legs;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        legs[i] = admission_.known(sources[i]);
        if (legs[i] != nullptr) __builtin_prefetch(&legs[i]->stream, 1);
    }
    for (std::size_t i = 0; i < packets.size(); ++i)
        if (legs[i] != nullptr) legs[i]->stream->expect();
    for (std::size_t i = 0; i < packets.size(); ++i)
        if (legs[i] != nullptr) legs[i]->stream->expect_keys();
    for (std::size_t i = 0; i < packets.size(); ++i) {
        packets[i].to = nullptr;
        process(packets[i], sources[i]);
    }
}

void Relay::process(Packet& packet, const FlowKey& source) {
    switch (kind_of(packet.data())) {
    case PacketKind::Rtp: return rtp(packet, source);
    case PacketKind::Rtcp: return rtcp(packet, source, admission_.known(source));
    case PacketKind::Stun:
        if (sharer_ != nullptr) return sharer_->on_stun(packet, source, now_);
        break;
    case PacketKind::Dtls:
        if (sharer_ != nullptr) return sharer_->on_dtls(packet, source, now_);
        break;
    case PacketKind::Unknown: break;
    }
    metrics_.not_rtp.add();
}

bool Relay::prove(MediaId id, std::size_t stream, MediaSide side, const Packet& packet, net::TimePoint now) {
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return false;
    for (const auto& its : found->second.streams) {
        if (its->index != stream || its->closed) continue;
        Leg& leg = its->leg(side);
        const bool rtcp = leg.rtp.socket != packet.from_socket;
        if (rtcp && leg.rtcp.socket != packet.from_socket) return false;
        return admission_.prove(leg, rtcp ? leg.rtcp : leg.rtp, packet, now);
    }
    return false;
}

void Relay::rtp(Packet& packet, const FlowKey& source) {
    const auto header = RtpHeader::read(packet.data());
    if (!header || options_.rtcp_sockets[source.socket]) return metrics_.not_rtp.add();
    Leg* leg = admission_.known(source);
    leg = leg != nullptr && !leg->stream->closed ? decrypt(*leg, packet, source, *header)
                                                 : admission_.admit_rtp(packet, source, *header, now_);
    if (leg == nullptr) return;
    receive(*leg, packet, &*header);
}

/// Another leg than the flow's may own the packet: a phone with two calls on one port.
Leg* Relay::decrypt(Leg& leg, Packet& packet, const FlowKey& source, const RtpHeader& header) {
    SrtpVerdict verdict = leg.awaits_keys() ? SrtpVerdict::Bad : SrtpVerdict::Good;
    if (leg.secure()) {
        if (leg.heard.full() && !leg.heard.contains(header.ssrc)) {
            ++leg.dropped;
            return nullptr;
        }
        verdict = leg.inbound->unprotect(packet.room.first(packet.size), packet.size, now_);
        if (verdict == SrtpVerdict::Forged)
            if (Leg* owner = admission_.admit_rtp(packet, source, header, now_)) return owner;
        if (verdict == SrtpVerdict::Forged && may_have_counted_on(leg, header.ssrc))
            verdict = leg.inbound->catch_up(library_, *leg.plan.receive, packet.room.first(packet.size),
                                            packet.size);
    }
    count(verdict, leg);
    if (verdict != SrtpVerdict::Good) return nullptr;
    if (leg.secure()) leg.heard.admit(header.ssrc);
    if (!leg.rtp.joined) admission_.confirm(leg, leg.rtp, header.ssrc);
    return &leg;
}

/// It has been silent for long, and has not been asked this just now: trying costs a context.
bool Relay::may_have_counted_on(Leg& leg, std::uint32_t ssrc) const {
    if (!leg.heard.contains(ssrc) || !leg.plan.receive) return false;
    const bool ask = now_ - std::max(leg.reception.last_arrival(), leg.caught_up) >= kLongSilence;
    if (ask) leg.caught_up = now_;
    return ask;
}

void Relay::rtcp(Packet& packet, const FlowKey& source, Leg* leg) {
    if (leg != nullptr && leg->stream->closed) leg = nullptr;
    if (leg != nullptr)
        leg = decrypt_rtcp(*leg, packet, source);
    else if (options_.rtcp_sockets[source.socket])
        leg = admission_.admit_rtcp(packet, source, now_);
    if (leg == nullptr) return;
    receive(*leg, packet, nullptr);
}

Leg* Relay::decrypt_rtcp(Leg& leg, Packet& packet, const FlowKey& source) {
    const bool muxed = !options_.rtcp_sockets[source.socket];
    if (muxed && !leg.rtcp_mux) {
        ++leg.dropped;
        return nullptr;
    }
    SrtpVerdict verdict = leg.awaits_keys() ? SrtpVerdict::Bad : SrtpVerdict::Good;
    if (leg.secure()) {
        if (leg.heard.full() && !leg.heard.contains(rtcp_sender(packet.data()))) return nullptr;
        verdict = leg.inbound->unprotect_rtcp(packet.room.first(packet.size), packet.size, now_);
        if (verdict == SrtpVerdict::Forged && !muxed)
            if (Leg* owner = admission_.admit_rtcp(packet, source, now_)) return owner;
    }
    if (verdict != SrtpVerdict::Good) {
        ++leg.rtcp_refused;
        return nullptr;
    }
    if (leg.secure()) leg.heard.admit(rtcp_sender(packet.data()));
    if (!muxed && !leg.rtcp.joined) admission_.confirm(leg, leg.rtcp, rtcp_sender(packet.data()));
    return &leg;
}

/// A good packet of this leg's peer, decrypted. Without a header it is RTCP.
void Relay::receive(Leg& leg, Packet& packet, const RtpHeader* header) {
    Stream& stream = *leg.stream;
    stream.last_packet = now_;
    if (leg.consent_lost) leg.consent_lost = false;
    if (header != nullptr) {
        leg.reception.packet(*header, packet.size, stream.clock_of(header->payload_type), now_);
    } else {
        ++leg.rtcp_packets;
        leg.rtcp_octets += packet.size;
    }
    Leg& far = stream.far(leg);
    if (far.inner == 0 || !stream.active) return forward(leg, packet, header);
    Leg* inner = inner_leg(far);
    if (inner == nullptr) {
        ++leg.dropped;
        return metrics_.no_destination.add();
    }
    receive(*inner, packet, header);
}

/// The trunk leg of the session on the other side of the PBX, which only passed the SDP on: the packets of
/// both need not leave the relay to come back to it.
Leg* Relay::inner_leg(const Leg& leg) {
    const auto session = sessions_.find(leg.inner);
    if (session == sessions_.end()) return nullptr;
    for (const auto& stream : session->second.streams) {
        const bool usable = stream->index == leg.stream->index && !stream->closed && stream->active;
        // A phone's leg is never an inner one: this ends with the second step.
        if (usable && leg.side == MediaSide::Trunk) return &stream->leg(MediaSide::Trunk);
    }
    return nullptr;
}

void Relay::forward(Leg& near, Packet& packet, const RtpHeader* header) {
    Stream& stream = *near.stream;
    Leg& far = stream.far(near);
    const bool rtcp = header == nullptr;
    const Flow& flow = rtcp && !far.rtcp_mux ? far.rtcp : far.rtp;
    if (!stream.active || !far.may_send() || !flow.remote.valid()) {
        ++near.dropped;
        return metrics_.no_destination.add();
    }
    if (far.outbound) {
        const bool room = far.sent.admit(rtcp ? rtcp_sender(packet.data()) : header->ssrc);
        const auto verdict = !room  ? SrtpVerdict::Bad
                             : rtcp ? far.outbound->protect_rtcp(packet.room, packet.size)
                                    : far.outbound->protect(packet.room, packet.size);
        if (verdict != SrtpVerdict::Good) {
            ++near.dropped;
            return;
        }
    }
    packet.send_to(flow.remote, flow.socket);
}

void Relay::count(SrtpVerdict verdict, Leg& leg) {
    switch (verdict) {
    case SrtpVerdict::Good: return;
    case SrtpVerdict::Forged:
        ++leg.forged;
        metrics_.forged.add();
        return;
    case SrtpVerdict::Replayed:
        ++leg.dropped;
        metrics_.replayed.add();
        return;
    case SrtpVerdict::Bad: ++leg.dropped; return;
    }
}

} // namespace wakeline::media

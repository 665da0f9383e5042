// SPDX-License-Identifier: Apache-2.0
#include "media/admission.h"

#include "media/address_rules.h"

namespace wakeline::media {

namespace {

constexpr net::Duration kPlainWindow = std::chrono::seconds(10);
constexpr net::Duration kMoveInterval = std::chrono::seconds(1);
constexpr unsigned kPlainProof = 5; // packets in a row
/// A forged 32-bit tag is good once in 2^32 trials, so two in a row are asked for.
unsigned key_proof(const Leg& leg) {
    return leg.plan.receive && leg.plan.receive->suite == SrtpSuite::AesCm128Sha1_32 ? 2 : 1;
}

/// Counts packets that follow each other from one source; true with the `enough`th.
bool proved(Flow& flow, const FlowKey& source, const RtpHeader& header, unsigned enough) {
    if (enough <= 1) return true;
    Probation* probation =
        std::find_if(flow.probations.begin(), flow.probations.end(),
                     [&](const Probation& p) { return p.packets > 0 && p.source == source; });
    if (probation == flow.probations.end()) // the one that got less far gives way
        probation = std::min_element(flow.probations.begin(), flow.probations.end(),
                                     [](const auto& a, const auto& b) { return a.packets < b.packets; });
    const bool follows = probation->packets > 0 && probation->source == source &&
                         probation->ssrc == header.ssrc && probation->next_sequence == header.sequence;
    const auto packets = static_cast<std::uint8_t>(follows ? probation->packets + 1 : 1);
    *probation = {source, header.ssrc, static_cast<std::uint16_t>(header.sequence + 1), packets};
    if (packets < enough) return false;
    flow.probations = {};
    return true;
}

} // namespace

Admission::Admission(MediaMetrics& metrics, Forbidden forbidden)
    : metrics_(metrics), forbidden_(std::move(forbidden)) {}

void Admission::open(Leg& leg, net::TimePoint now) {
    const LocalPorts& local = leg.plan.local;
    if (leg.rtp.socket != local.rtp || leg.rtcp.socket != local.rtcp) {
        detach(leg, leg.rtp);
        detach(leg, leg.rtcp);
        leg.rtp = Flow(local.rtp);
        leg.rtcp = Flow(local.rtcp);
    }
    leg.window_end = now + kPlainWindow;
    for (const std::uint32_t ssrc : leg.plan.ssrcs)
        waiting_rtp_.know(ssrc, leg);
    expect(leg, leg.rtp, leg.plan.rtp);
    if (!leg.plan.rtcp_mux) expect(leg, leg.rtcp, leg.plan.rtcp);
}

void Admission::expect(Leg& leg, Flow& flow, const net::SocketAddress& named) {
    const bool changed = named.valid() && named != flow.named;
    if (changed) {
        flow.named = named;
        flow.probations = {};
        // A plain flow must be proved again; a secure one moves when its key says so.
        if (!leg.secure()) flow.joined = false;
    }
    // Where checks or a handshake prove an address, SDP's says nothing.
    const bool proved_otherwise = leg.plan.ice || leg.plan.dtls;
    if (!proved_otherwise && credible(leg.plan, flow.named) && !forbidden_(flow.named)) {
        if (changed || !flow.remote.valid()) flow.remote = flow.named;
        if (leg.plan.trusted && (changed || !flow.in_table)) enlist(leg, flow);
    }
    if (flow.joined || (proved_otherwise && !leg.secure()))
        waiting(leg, flow).remove(leg);
    else
        waiting(leg, flow).add(leg);
}

/// A PBX's packets are looked for at the address in its SDP at once; never at one that a phone has proved its
/// own.
void Admission::enlist(Leg& leg, Flow& flow) {
    const FlowKey key = FlowKey::of(flow.socket, flow.named);
    const Leg* holder = flows_.find(key);
    if (holder != nullptr && !holder->plan.trusted && !holder->stream->closed) return;
    detach(leg, flow);
    flows_.put(key, leg);
    flow.key = key;
    flow.in_table = true;
}

void Admission::detach(Leg& leg, Flow& flow) noexcept {
    if (flow.in_table) flows_.erase(flow.key, leg);
    flow.in_table = false;
}

void Admission::suspend(Leg& leg) {
    for (Flow* flow : {&leg.rtp, &leg.rtcp}) {
        detach(leg, *flow);
        flow->joined = false;
        waiting(leg, *flow).remove(leg);
    }
}

void Admission::linger(Leg& leg) {
    if (!leg.secure()) return; // a plain leg still stands between strangers and the legs that wait beside it
    waiting_rtp_.remove(leg);
    waiting_rtcp_.remove(leg);
    waiting_rtp_.forget_ssrcs(leg);
}

void Admission::close(Leg& leg) {
    suspend(leg);
    waiting_rtp_.forget_ssrcs(leg);
}

void Admission::confirm(Leg& leg, Flow& flow, std::uint32_t ssrc) {
    // After an SDP change only the address that it names counts, not late packets from the old one.
    if (!leg.secure() && flow.key != FlowKey::of(flow.socket, flow.named)) return;
    flow.joined = true;
    waiting(leg, flow).remove(leg);
    if (&flow == &leg.rtp) waiting_rtp_.know(ssrc, leg);
    metrics_.joined.add();
}

bool Admission::settle(Leg& leg, Flow& flow, const Packet& packet, const FlowKey& source,
                       net::TimePoint now) {
    const auto address = net::SocketAddress::from(&packet.from.any, sizeof packet.from);
    if (forbidden_(address)) return false;
    (flow.joined ? metrics_.moved : metrics_.joined).add();
    detach(leg, flow);
    flows_.put(source, leg);
    flow.key = source;
    flow.in_table = true;
    flow.joined = true;
    flow.remote = address;
    flow.moved = now;
    flow.probations = {};
    waiting(leg, flow).remove(leg);
    return true;
}

/// After the packet's tag was found good. A flow that is up already is served from two addresses while it
/// moves.
bool Admission::settle_by_key(Leg& leg, Flow& flow, const Packet& packet, const FlowKey& source,
                              net::TimePoint now) {
    if (flow.joined && now - flow.moved < kMoveInterval) return true;
    return settle(leg, flow, packet, source, now);
}

bool Admission::prove(Leg& leg, Flow& flow, const Packet& packet, net::TimePoint now) {
    const FlowKey source = FlowKey::of(packet.from_socket, &packet.from.any);
    if (flow.joined && flow.in_table && flow.key == source) return true;
    return settle(leg, flow, packet, source, now);
}

Leg* Admission::refuse() {
    metrics_.unknown_source.add();
    return nullptr;
}

Leg* Admission::admit_rtp(Packet& packet, const FlowKey& source, const RtpHeader& header,
                          net::TimePoint now) {
    if (!budget_.packet(source, now)) return refuse();
    Leg* leg = by_rtp_key(packet, source, header, now);
    if (leg == nullptr) leg = plain_rtp(packet, source, header, now);
    if (leg == nullptr) return refuse();
    budget_.refund(source);
    return leg;
}

Leg* Admission::admit_rtcp(Packet& packet, const FlowKey& source, net::TimePoint now) {
    if (!budget_.packet(source, now)) return refuse();
    Leg* leg = by_rtcp_key(packet, source, now);
    if (leg == nullptr) leg = plain_rtcp(packet, source, now);
    if (leg == nullptr) return refuse();
    budget_.refund(source);
    return leg;
}

/// The first leg that fits and whose key is good for the packet: those that its SSRC or address speaks for;
/// and, unless its address speaks for many, a few of the others. `turn` differs between the packets of a
/// source.
template <class Fits, class Try>
Leg* Admission::by_key(const FlowKey& source, std::uint32_t ssrc, std::uint16_t turn, WaitingLegs& waiting,
                       net::TimePoint now, Fits fits, Try good) {
    const auto find = [&](const LegList& legs, bool blind) -> Leg* {
        for (Leg* leg : legs)
            if (fits(*leg) && budget_.trial(source, blind, now) && good(*leg)) return leg;
        return nullptr;
    };
    if (Leg* leg = find(waiting_rtp_.speakers(ssrc), false)) return leg;
    const LegList likely = waiting.likely(source, turn);
    if (Leg* leg = find(likely, false)) return leg;
    return likely.full() && turn % 4 != 0 ? nullptr : find(waiting.others(source), true);
}

Leg* Admission::by_rtp_key(Packet& packet, const FlowKey& source, const RtpHeader& header,
                           net::TimePoint now) {
    const auto fits = [&](const Leg& leg) {
        return leg.rtp.socket == source.socket && leg.stream->payload_types[header.payload_type] &&
               (leg.heard.contains(header.ssrc) || !leg.heard.full());
    };
    Leg* found = by_key(source, header.ssrc, header.sequence, waiting_rtp_, now, fits, [&](Leg& leg) {
        return leg.inbound->unprotect(packet.room.first(packet.size), packet.size, now) == SrtpVerdict::Good;
    });
    if (found == nullptr) return nullptr;
    found->heard.admit(header.ssrc);
    waiting_rtp_.know(header.ssrc, *found);
    if (!proved(found->rtp, source, header, key_proof(*found))) return nullptr;
    return settle_by_key(*found, found->rtp, packet, source, now) ? found : nullptr;
}

Leg* Admission::by_rtcp_key(Packet& packet, const FlowKey& source, net::TimePoint now) {
    const std::uint32_t ssrc = rtcp_sender(packet.data());
    const auto fits = [&](const Leg& leg) {
        return leg.rtcp.socket == source.socket && !leg.plan.rtcp_mux &&
               (leg.heard.contains(ssrc) || !leg.heard.full());
    };
    Leg* found = by_key(source, ssrc, ++rtcp_turn_, waiting_rtcp_, now, fits, [&](Leg& leg) {
        return leg.inbound->unprotect_rtcp(packet.room.first(packet.size), packet.size, now) ==
               SrtpVerdict::Good;
    });
    if (found == nullptr) return nullptr;
    found->heard.admit(ssrc);
    return settle_by_key(*found, found->rtcp, packet, source, now) ? found : nullptr;
}

Leg* Admission::plain_rtp(Packet& packet, const FlowKey& source, const RtpHeader& header,
                          net::TimePoint now) {
    const auto match = waiting_rtp_.plain(source);
    if (match.leg == nullptr || match.leg->stream->closed) return nullptr;
    Leg& leg = *match.leg;
    if (!leg.stream->payload_types[header.payload_type]) return nullptr;
    const Leg* holder = flows_.find(source);
    if (holder != nullptr && !holder->stream->closed) return nullptr;
    if (!match.exact()) {
        // The late packets of a stream that has ended look like the early ones of another.
        if (holder != nullptr || now > leg.window_end) return nullptr;
        if (!proved(leg.rtp, source, header, kPlainProof)) return nullptr;
    }
    if (!settle(leg, leg.rtp, packet, source, now)) return nullptr;
    waiting_rtp_.know(header.ssrc, leg);
    return &leg;
}

Leg* Admission::plain_rtcp(Packet& packet, const FlowKey& source, net::TimePoint now) {
    Leg* leg = waiting_rtp_.speaker(source, rtcp_sender(packet.data()));
    if (leg == nullptr || leg->rtcp.joined) {
        const auto match = waiting_rtcp_.plain(source);
        leg = match.exact() ? match.leg : nullptr;
    }
    const Leg* holder = flows_.find(source);
    if (holder != nullptr && !holder->stream->closed) return nullptr;
    if (leg == nullptr || leg->stream->closed || leg->plan.rtcp_mux) return nullptr;
    return settle(*leg, leg->rtcp, packet, source, now) ? leg : nullptr;
}

} // namespace wakeline::media

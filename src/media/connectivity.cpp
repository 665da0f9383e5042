// SPDX-License-Identifier: Apache-2.0
#include "media/connectivity.h"

#include <algorithm>

namespace wakeline::media {

namespace {

net::SocketAddress address_of(const Packet& packet) {
    return net::SocketAddress::from(&packet.from.any, sizeof packet.from);
}

void send_back(Packet& packet, const Bytes& response) {
    if (response.empty() || response.size() > packet.room.size()) return;
    std::ranges::copy(response, packet.room.begin());
    packet.size = response.size();
    packet.answer();
}

} // namespace

Connectivity::Connectivity(DtlsHandshakes::Ground ground, MediaMetrics& metrics, DtlsThread& thread)
    : relay_(ground.relay), metrics_(metrics), dtls_(std::move(ground), metrics, thread) {}

void Connectivity::on_stun(Packet& packet, const FlowKey& source, net::TimePoint now) {
    const auto message = StunMessage::parse(packet.data());
    if (!message) return metrics_.not_rtp.add();
    // Indications keep NAT bindings alive and want no answer; of responses we have asked for none.
    if (message->kind() != StunClass::Request || message->method() != StunMessage::kBinding) return;
    if (message->username().empty()) return answer_keepalive(packet, source, *message);
    answer_check(packet, source, *message, now);
}

/// A phone without ICE keeps its binding alive with requests. Only who is a leg's source already is answered.
void Connectivity::answer_keepalive(Packet& packet, const FlowKey& source, const StunMessage& request) {
    const auto leg = relay_.leg_at(source);
    if (!leg || !relay_.leg(*leg)->rtp.joined) return metrics_.unknown_source.add();
    StunWriter writer(StunClass::Success, StunMessage::kBinding, request.transaction());
    send_back(packet, writer.add_mapped(address_of(packet)).add_fingerprint().bytes());
}

void Connectivity::answer_check(Packet& packet, const FlowKey& source, const StunMessage& request,
                                net::TimePoint now) {
    const auto found = by_ufrag_.find(ufrag_asked(request));
    if (found == by_ufrag_.end()) return metrics_.unknown_source.add();
    const Checked& checked = found->second;
    const IceCheck check = IceCheck::answer(request, checked.plan, address_of(packet));
    if (check.verdict == IceCheck::Verdict::Dropped) return metrics_.checks_refused.add();
    send_back(packet, check.response);
    if (check.verdict == IceCheck::Verdict::Refused) return metrics_.checks_refused.add();
    metrics_.checks_good.add();
    apply(checked, check.verdict, packet, source, now);
}

void Connectivity::apply(const Checked& checked, IceCheck::Verdict verdict, Packet& packet,
                         const FlowKey& source, net::TimePoint now) {
    const LegId& id = checked.leg;
    relay_.renew_consent(id, now);
    const Leg* leg = relay_.leg(id);
    if (leg == nullptr) return;
    const Flow& flow = leg->rtp.socket == source.socket ? leg->rtp : leg->rtcp;
    // Until a pair is nominated, the first that works serves (RFC 8445 section 12.1.1).
    const bool nominated = verdict == IceCheck::Verdict::Nominated || !flow.joined;
    if (nominated && !relay_.prove(id.session, id.stream, id.side, packet, now)) {
        packet.to = nullptr; // nothing may be sent there
        return;
    }
    if (nominated) dtls_.on_proved(id, source, address_of(packet));
}

void Connectivity::on_dtls(Packet& packet, const FlowKey& source, net::TimePoint now) {
    dtls_.on_datagram(packet, source, now);
}

void Connectivity::on_streams(MediaId id, const std::vector<StreamPlan>& streams, net::TimePoint) {
    forget(id, streams);
    for (const StreamPlan& stream : streams)
        for (const MediaSide side : {MediaSide::Phone, MediaSide::Trunk})
            if (const auto& plan = stream.leg(side).ice) expect({id, stream.index, side}, *plan);
    dtls_.on_streams(id, streams);
}

void Connectivity::on_closed(MediaId id) {
    forget(id, {});
    dtls_.on_closed(id);
}

void Connectivity::expect(const LegId& leg, const IcePlan& plan) {
    auto& [current, previous] = ufrags_[leg];
    if (current != plan.ours.ufrag) {
        if (!previous.empty()) by_ufrag_.erase(previous);
        previous = std::exchange(current, plan.ours.ufrag);
    }
    by_ufrag_.insert_or_assign(plan.ours.ufrag, Checked{leg, plan});
}

/// Legs of this session that use ICE no more.
void Connectivity::forget(MediaId id, const std::vector<StreamPlan>& but) {
    for (auto at = ufrags_.lower_bound({id, 0, MediaSide::Phone});
         at != ufrags_.end() && at->first.session == id;) {
        const auto stream = std::ranges::find(but, at->first.stream, &StreamPlan::index);
        if (stream != but.end() && stream->leg(at->first.side).ice) {
            ++at;
            continue;
        }
        for (const std::string& ufrag : at->second)
            by_ufrag_.erase(ufrag);
        at = ufrags_.erase(at);
    }
}

} // namespace wakeline::media

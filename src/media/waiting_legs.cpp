// SPDX-License-Identifier: Apache-2.0
#include "media/waiting_legs.h"

#include "media/address_rules.h"

namespace wakeline::media {

namespace {

std::array<std::uint8_t, 16> ip_of(const net::SocketAddress& address) { return FlowKey::of(0, address).ip; }

} // namespace

void WaitingLegs::add(Leg& leg) {
    remove(leg);
    Entry entry{.addresses = {}, .place = untried_.insert(untried_.begin(), &leg)};
    const auto& sdp = expected(leg);
    const auto& signalling = leg.plan.signalling;
    if (signalling.valid()) entry.addresses.push_back(by_ip_.emplace(ip_of(signalling), &leg));
    const bool same = signalling.valid() && signalling.same_ip(sdp);
    // Proof by key needs no belief in the address.
    if (sdp.valid() && !same && (leg.secure() || credible(leg.plan, sdp)))
        entry.addresses.push_back(by_ip_.emplace(ip_of(sdp), &leg));
    entries_.emplace(&leg, std::move(entry));
}

void WaitingLegs::remove(const Leg& leg) {
    const auto found = entries_.find(&leg);
    if (found == entries_.end()) return;
    for (const auto& address : found->second.addresses)
        by_ip_.erase(address);
    untried_.erase(found->second.place);
    entries_.erase(found);
}

void WaitingLegs::know(std::uint32_t ssrc, Leg& leg) {
    auto& known = ssrcs_[&leg];
    if (std::find(known.begin(), known.end(), ssrc) != known.end()) return;
    known.push_back(ssrc);
    by_ssrc_.emplace(ssrc, &leg);
}

void WaitingLegs::forget_ssrcs(const Leg& leg) {
    const auto known = ssrcs_.find(&leg);
    if (known == ssrcs_.end()) return;
    for (const std::uint32_t ssrc : known->second) {
        const auto [begin, end] = by_ssrc_.equal_range(ssrc);
        by_ssrc_.erase(std::find_if(begin, end, [&](const auto& entry) { return entry.second == &leg; }));
    }
    ssrcs_.erase(known);
}

LegList WaitingLegs::speakers(std::uint32_t ssrc) const {
    LegList list;
    const auto [begin, end] = by_ssrc_.equal_range(ssrc);
    for (auto at = begin; at != end && !list.full(); ++at)
        if (at->second->secure()) list.add(*at->second);
    return list;
}

LegList WaitingLegs::likely(const FlowKey& source, std::uint16_t turn) const {
    LegList list;
    const auto [begin, end] = by_ip_.equal_range(source.ip);
    std::size_t count = 0;
    // Many phones behind one address: most NATs keep a port that is free.
    for (auto at = begin; at != end; ++at) {
        if (!at->second->secure() || !on_socket(*at->second, source)) continue;
        ++count;
        if (!list.full() && fit(*at->second, source) <= Fit::SamePort) list.add(*at->second);
    }
    const std::size_t skip = count <= LegList::kMost ? 0 : turn * LegList::kMost % count;
    std::size_t place = 0;
    for (int lap = 0; lap < 2; ++lap)
        for (auto at = begin; at != end && !list.full(); ++at) {
            if (!at->second->secure() || !on_socket(*at->second, source)) continue;
            if (place++ >= skip) list.add(*at->second);
        }
    return list;
}

LegList WaitingLegs::others(const FlowKey& source) {
    LegList list;
    const std::size_t look_at = std::min(untried_.size(), 4 * LegList::kMost);
    for (std::size_t i = 0; i < look_at && !list.full(); ++i) {
        Leg& leg = *untried_.front();
        untried_.splice(untried_.end(), untried_, untried_.begin());
        if (leg.secure() && on_socket(leg, source)) list.add(leg);
    }
    return list;
}

WaitingLegs::PlainMatch WaitingLegs::plain(const FlowKey& source) const {
    PlainMatch best;
    std::size_t contenders = 0;
    const auto [begin, end] = by_ip_.equal_range(source.ip);
    for (auto at = begin; at != end; ++at) {
        Leg& leg = *at->second;
        if (leg.secure() || !on_socket(leg, source)) continue;
        const Fit its = fit(leg, source);
        if (contenders > 0 && its > best.fit) continue;
        contenders = contenders > 0 && its == best.fit ? contenders + 1 : 1;
        best = {&leg, its};
    }
    if (contenders > 1) best.leg = nullptr;
    return best;
}

Leg* WaitingLegs::speaker(const FlowKey& source, std::uint32_t ssrc) const {
    const auto [begin, end] = by_ssrc_.equal_range(ssrc);
    for (auto at = begin; at != end; ++at) {
        Leg& leg = *at->second;
        if (!leg.secure() && leg.rtcp.socket == source.socket && leg.rtp.joined &&
            leg.rtp.key.ip == source.ip)
            return &leg;
    }
    return nullptr;
}

WaitingLegs::Fit WaitingLegs::fit(const Leg& leg, const FlowKey& source) const {
    const auto& sdp = expected(leg);
    if (!sdp.valid()) return Fit::SameAddress;
    const FlowKey wanted = FlowKey::of(source.socket, sdp);
    const bool signalled = leg.plan.signalling.valid() && ip_of(leg.plan.signalling) == source.ip;
    if (wanted == source) return signalled ? Fit::SignalledExact : Fit::Exact;
    return wanted.port == source.port ? Fit::SamePort : Fit::SameAddress;
}

} // namespace wakeline::media

// SPDX-License-Identifier: Apache-2.0
#include "trunk/targets.h"

#include <algorithm>
#include <utility>

namespace wakeline::trunk {

bool same(const sip::FlowTarget& a, const sip::FlowTarget& b) {
    return a.kind == b.kind && a.remote == b.remote && a.tls_name == b.tls_name;
}

bool Targets::update(std::vector<sip::FlowTarget> found) {
    const bool unchanged =
        found.size() == list_.size() &&
        std::ranges::all_of(found, [this](const auto& where) { return find(where) != nullptr; });
    if (unchanged) return false;
    std::vector<Target> next;
    for (sip::FlowTarget& where : found) {
        const Target* known = find(where);
        next.push_back(known ? *known : Target{.where = std::move(where)});
    }
    list_ = std::move(next);
    return true;
}

std::optional<std::size_t> Targets::choose(const std::vector<sip::FlowTarget>& tried) const {
    std::optional<std::size_t> last_resort;
    for (std::size_t i = 0; i < list_.size(); ++i) {
        if (std::ranges::any_of(tried, [&](const auto& t) { return same(t, list_[i].where); })) continue;
        if (list_[i].state != PeerState::Down) return i;
        if (!last_resort) last_resort = i;
    }
    return last_resort;
}

bool Targets::usable(const sip::FlowTarget& target) const {
    const Target* known = find(target);
    return known != nullptr && known->state != PeerState::Down;
}

void Targets::up(const sip::FlowTarget& target) {
    if (Target* known = find(target)) *known = {.where = std::move(known->where), .state = PeerState::Up};
}

void Targets::down(const sip::FlowTarget& target, std::string_view why, net::TimePoint now) {
    Target* known = find(target);
    if (!known) return;
    known->state = PeerState::Down;
    known->why = why;
    known->since = now;
}

void Targets::forgive(net::TimePoint before) {
    for (Target& target : list_)
        if (target.state == PeerState::Down && target.since <= before) target.state = PeerState::Unknown;
}

PeerState Targets::state() const {
    const auto in = [](PeerState state) { return [state](const Target& t) { return t.state == state; }; };
    if (std::ranges::any_of(list_, in(PeerState::Up))) return PeerState::Up;
    if (std::ranges::all_of(list_, in(PeerState::Down))) return PeerState::Down;
    return PeerState::Unknown;
}

std::string Targets::why() const {
    const auto first =
        std::ranges::find_if(list_, [](const Target& t) { return t.state == PeerState::Down; });
    return first == list_.end() ? std::string{} : first->why;
}

bool Targets::has_ip(const net::SocketAddress& remote) const {
    return std::ranges::any_of(list_, [&](const Target& t) { return t.where.remote.same_ip(remote); });
}

bool Targets::has(const net::SocketAddress& remote) const {
    return std::ranges::any_of(list_, [&](const Target& t) { return t.where.remote == remote; });
}

Targets::Target* Targets::find(const sip::FlowTarget& target) {
    const auto found = std::ranges::find_if(list_, [&](const Target& t) { return same(t.where, target); });
    return found == list_.end() ? nullptr : &*found;
}

} // namespace wakeline::trunk

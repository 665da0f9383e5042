// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/timer.h"
#include "sip/transport.h"
#include "trunk/peers.h"

namespace wakeline::trunk {

/// The addresses of one peer, in the order in which DNS wants them tried, and what is known of each.
class Targets {
public:
    struct Target {
        sip::FlowTarget where;
        PeerState state = PeerState::Unknown;
        std::string why{};      // Down: what failed
        net::TimePoint since{}; // Down: when
    };

    /// Addresses that were there before keep their state; if all are the same, also their order, so that the
    /// weights of SRV records do not move a peer in the middle of a challenge. False when nothing is new.
    bool update(std::vector<sip::FlowTarget> found);

    /// The first that is not down and not in `tried`; if all are down, the first not in `tried`. The index of
    /// it, or nothing.
    std::optional<std::size_t> choose(const std::vector<sip::FlowTarget>& tried) const;

    /// Known, and not down.
    bool usable(const sip::FlowTarget& target) const;

    void up(const sip::FlowTarget& target);
    void down(const sip::FlowTarget& target, std::string_view why, net::TimePoint now);
    /// Nobody watches: what went down until then may be tried again.
    void forgive(net::TimePoint before);

    /// Up when one is up; Down when all are.
    PeerState state() const;
    /// Of the first that is down; empty if none is.
    std::string why() const;
    bool has_ip(const net::SocketAddress& remote) const;
    bool has(const net::SocketAddress& remote) const;
    const std::vector<Target>& list() const noexcept { return list_; }
    bool empty() const noexcept { return list_.empty(); }

private:
    Target* find(const sip::FlowTarget& target);
    const Target* find(const sip::FlowTarget& target) const {
        return const_cast<Targets*>(this)->find(target); // finds, and changes nothing
    }

    std::vector<Target> list_;
};

/// The same place by the same transport.
bool same(const sip::FlowTarget& a, const sip::FlowTarget& b);

} // namespace wakeline::trunk

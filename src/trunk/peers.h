// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sip/next_hop.h"

namespace wakeline::trunk {

enum class PeerState : std::uint8_t { Unknown, Up, Down };

struct PeerSnapshot {
    std::string name, uri, transport, address;
    PeerState state = PeerState::Unknown;
    std::string why; // Down: what failed
    net::WallTime since{};
    std::size_t calls = 0;
};

/// Told of what becomes of peers.
class PeerListener {
public:
    /// It was down and answers again: maybe without what it knew.
    virtual void on_peer_back(std::string_view name) = 0;

protected:
    ~PeerListener() = default;
};

/// The PBX peers, as the call module and the registrar see them.
class Peers {
public:
    virtual ~Peers() = default;

    /// Where a new request to that address of record goes; null when there is no peer at all.
    virtual sip::NextHop* route(std::string_view aor) = 0;
    /// The name of the peer that owns this source; empty: nobody we know, the request is refused.
    virtual std::string match(const sip::FlowInfo& from) const = 0;
    virtual std::vector<PeerSnapshot> snapshot() const = 0;
};

} // namespace wakeline::trunk

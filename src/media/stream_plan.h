// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "media/crypto_line.h"
#include "media/ports.h"

namespace wakeline::media {

/// One side of a stream, as offer/answer agreed on it.
struct LegPlan {
    LocalPorts local;
    bool rtcp_mux = false;
    net::SocketAddress rtp, rtcp; // from its SDP; not valid where nothing may be sent (RFC 2543 hold)
    net::SocketAddress signalling;
    bool trusted = false; // a PBX: its SDP is believed, whatever address it names
    MediaId inner = 0;    // `rtp` is the relay itself: the trunk side of that session, met inside
    std::vector<std::uint32_t> ssrcs;
    std::optional<SrtpKey> receive, send; // both or none
    std::optional<DtlsPlan> dtls;         // those keys come from a handshake; none until then
    std::optional<IcePlan> ice;           // the peer's addresses are those that it checks from
    bool operator==(const LegPlan&) const = default;
};

/// One relayed stream: an m= line that both sides use.
struct StreamPlan {
    std::size_t index = 0; // of the m= line
    MediaKind kind = MediaKind::Audio;
    std::string codec;
    std::array<LegPlan, 2> legs;         // by MediaSide
    std::vector<PayloadFormat> payloads; // of both SDPs
    bool two_way = true;                 // nobody is on hold: silence means something

    LegPlan& leg(MediaSide side) { return legs[static_cast<std::size_t>(side)]; }
    const LegPlan& leg(MediaSide side) const { return legs[static_cast<std::size_t>(side)]; }
    bool operator==(const StreamPlan&) const = default;
};

} // namespace wakeline::media

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/rtp.h"

namespace wakeline::media {

/// What shares a media port.
enum class PacketKind : std::uint8_t { Rtp, Rtcp, Stun, Dtls, Unknown };

/// By the first octet (RFC 7983 section 7), and RTP from RTCP by the second (RFC 5761 section 4). Says
/// nothing of whether the rest is as it should be.
inline PacketKind kind_of(ByteView packet) {
    if (packet.empty()) return PacketKind::Unknown;
    const std::uint8_t first = packet[0];
    if (first >= 128 && first <= 191) return is_rtcp(packet) ? PacketKind::Rtcp : PacketKind::Rtp;
    if (first <= 3) return PacketKind::Stun;
    if (first >= 20 && first <= 63) return PacketKind::Dtls;
    return PacketKind::Unknown; // ZRTP, TURN channels, and what nobody has defined
}

} // namespace wakeline::media

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace wakeline::media {

inline std::uint16_t read_u16(const std::uint8_t* at) {
    return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}
inline std::uint32_t read_u32(const std::uint8_t* at) {
    return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
}

/// RFC 7983: RTP and RTCP begin with version 2; STUN, ZRTP, DTLS and TURN do not.
inline bool has_rtp_version(ByteView packet) { return !packet.empty() && packet[0] >> 6 == 2; }

/// RFC 5761 section 4: RTCP packet types 192 to 223 are payload types 64 to 95 with the marker, which nobody
/// uses.
inline bool is_rtcp(ByteView packet) {
    return packet.size() >= 8 && has_rtp_version(packet) && packet[1] >= 192 && packet[1] <= 223;
}

/// The fixed header of an RTP packet (RFC 3550 section 5.1).
struct RtpHeader {
    std::uint8_t payload_type;
    std::uint16_t sequence;
    std::uint32_t timestamp, ssrc;

    /// Nothing when the packet is not RTP, or shorter than the header that it announces.
    static std::optional<RtpHeader> read(ByteView packet) {
        constexpr std::size_t kFixed = 12;
        if (packet.size() < kFixed || !has_rtp_version(packet)) return std::nullopt;
        std::size_t size = kFixed + 4u * (packet[0] & 0x0f);
        if ((packet[0] & 0x10) != 0) { // header extension: its length in words is in its second half word
            if (packet.size() < size + 4) return std::nullopt;
            size += 4 + 4u * read_u16(&packet[size + 2]);
        }
        if (packet.size() < size) return std::nullopt;
        return RtpHeader{static_cast<std::uint8_t>(packet[1] & 0x7f), read_u16(&packet[2]),
                         read_u32(&packet[4]), read_u32(&packet[8])};
    }
};

/// Of the first packet in a compound one (RFC 3550 section 6.4).
inline std::uint32_t rtcp_sender(ByteView packet) { return read_u32(&packet[4]); }

} // namespace wakeline::media

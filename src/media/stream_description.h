// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "media/crypto_line.h"
#include "media/dtls_description.h"
#include "media/ice_description.h"

namespace wakeline::media {

enum class MediaKind : std::uint8_t { Audio, Video };
std::string_view name(MediaKind kind);

enum class MediaDirection : std::uint8_t { SendRecv, SendOnly, RecvOnly, Inactive };
std::string_view name(MediaDirection direction);

/// RTP/AVP and its variants: F adds feedback (RFC 4585), S encryption (RFC 3711, RFC 5124), UDP/TLS that its
/// keys come from DTLS (RFC 5764 section 8).
struct RtpProfile {
    bool secure = false, feedback = false, dtls = false;

    static std::optional<RtpProfile> parse(std::string_view proto);
    std::string_view str() const;
    bool operator==(const RtpProfile&) const = default;
};

struct PayloadFormat {
    std::uint8_t type = 0;
    std::uint32_t clock_hz = 8'000;
    std::string codec; // "PCMA/8000"; empty when the SDP does not say and no RFC does
    bool operator==(const PayloadFormat&) const = default;
};

/// What one m= section says, as far as offer/answer and the relay care.
struct StreamDescription {
    SdpMediaLine line;
    MediaKind kind = MediaKind::Audio;
    RtpProfile profile;
    net::SocketAddress rtp, rtcp; // where its writer wants packets (RTCP: without mux); not valid when off
    bool held = false;            // c=0.0.0.0, the hold of RFC 2543
    MediaDirection direction = MediaDirection::SendRecv;
    bool rtcp_mux = false;
    std::vector<PayloadFormat> payloads;
    std::vector<std::string> crypto; // values of a=crypto, unparsed
    std::optional<DtlsDescription> dtls;
    std::optional<IceDescription> ice;
    std::vector<std::uint32_t> ssrcs;

    bool off() const noexcept { return line.port == 0; }
    /// What c=0.0.0.0 with its direction says (RFC 3264 section 8.4): nothing may be sent to its writer.
    std::optional<MediaDirection> direction_to_write() const;
    /// Its addresses are to be found by checks alone.
    bool uses_ice() const noexcept { return ice && !ice->mismatch; }

    /// An error means that this stream cannot be relayed; the SDP as a whole may still be good.
    static Result<StreamDescription> read(const SdpSection& session, const SdpSection& section);
    /// Kind, profile and payloads alone, of a stream that is on or off.
    static Result<StreamDescription> formats(const SdpSection& section);
};

} // namespace wakeline::media

// SPDX-License-Identifier: Apache-2.0
#include "media/stream_description.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace wakeline::media {

namespace {

Error unusable(std::string why) { return {ErrorCode::InvalidInput, std::move(why)}; }

struct StaticPayload {
    std::uint8_t type;
    std::uint32_t clock_hz;
    std::string_view codec;
};
/// RFC 3551 tables 4 and 5, as far as anyone still sends them without a=rtpmap.
constexpr std::array kStaticPayloads{
    StaticPayload{0, 8'000, "PCMU/8000"},    StaticPayload{3, 8'000, "GSM/8000"},
    StaticPayload{4, 8'000, "G723/8000"},    StaticPayload{8, 8'000, "PCMA/8000"},
    StaticPayload{9, 8'000, "G722/8000"},    StaticPayload{13, 8'000, "CN/8000"},
    StaticPayload{15, 8'000, "G728/8000"},   StaticPayload{18, 8'000, "G729/8000"},
    StaticPayload{26, 90'000, "JPEG/90000"}, StaticPayload{31, 90'000, "H261/90000"},
    StaticPayload{34, 90'000, "H263/90000"},
};

PayloadFormat known_payload(std::uint8_t type, MediaKind kind) {
    const auto at = std::ranges::find(kStaticPayloads, type, &StaticPayload::type);
    if (at != kStaticPayloads.end()) return {type, at->clock_hz, std::string(at->codec)};
    return {type, kind == MediaKind::Video ? 90'000u : 8'000u, ""};
}

/// "<type> <codec>/<clock>[/<channels>]"
void apply_rtpmap(std::string_view value, std::vector<PayloadFormat>& payloads) {
    const auto space = value.find(' ');
    if (space == std::string_view::npos) return;
    const auto type = parse_unsigned<std::uint8_t>(value.substr(0, space));
    const auto codec = trim(value.substr(space + 1));
    const auto parts = split(codec, '/');
    if (!type || parts.size() < 2) return;
    const auto clock = parse_unsigned<std::uint32_t>(parts[1]);
    if (!clock || *clock == 0) return;
    for (PayloadFormat& payload : payloads)
        if (payload.type == *type) payload = {*type, *clock, std::string(codec.substr(0, 64))};
}

Result<std::vector<PayloadFormat>> read_payloads(const SdpSection& section, const SdpMediaLine& line,
                                                 MediaKind kind) {
    std::vector<PayloadFormat> payloads;
    for (const auto& format : line.formats) {
        const auto type = parse_unsigned<std::uint8_t>(format);
        if (!type || *type > 127) return unusable("a payload type that is not 0..127");
        payloads.push_back(known_payload(*type, kind));
    }
    for (const auto value : section.attributes("rtpmap"))
        apply_rtpmap(value, payloads);
    return payloads;
}

/// RFC 3605: "<port> [IN <family> <address>]"; without it RTCP is on the next port (RFC 3550 section 11).
net::SocketAddress rtcp_address(const SdpSection& section, const net::SocketAddress& rtp) {
    net::SocketAddress next = rtp;
    next.set_port(rtp.port() == 65'535 ? 0 : static_cast<std::uint16_t>(rtp.port() + 1));
    const auto value = section.attribute("rtcp");
    if (!value) return next;
    const auto text = trim(*value);
    const auto space = text.find(' ');
    const auto port = parse_unsigned<std::uint16_t>(text.substr(0, space));
    if (!port) return next;
    if (space == std::string_view::npos) {
        next.set_port(*port);
        return next;
    }
    const auto address = parse_connection(text.substr(space + 1), *port);
    return address ? *address : next;
}

MediaDirection read_direction(const SdpSection& session, const SdpSection& section) {
    for (const SdpSection* part : {&section, &session})
        for (const auto direction : {MediaDirection::SendRecv, MediaDirection::SendOnly,
                                     MediaDirection::RecvOnly, MediaDirection::Inactive})
            if (part->has_attribute(name(direction))) return direction;
    return MediaDirection::SendRecv;
}

std::vector<std::uint32_t> read_ssrcs(const SdpSection& section) {
    constexpr std::size_t kMost = 8;
    std::vector<std::uint32_t> ssrcs;
    for (const auto value : section.attributes("ssrc")) {
        const auto ssrc = parse_unsigned<std::uint32_t>(value.substr(0, value.find(' ')));
        if (ssrc && ssrcs.size() < kMost && std::ranges::find(ssrcs, *ssrc) == ssrcs.end())
            ssrcs.push_back(*ssrc);
    }
    return ssrcs;
}

Status read_addresses(const SdpSection& session, const SdpSection& section, StreamDescription& stream) {
    const std::string* connection = section.find('c') != nullptr ? section.find('c') : session.find('c');
    if (connection == nullptr) return unusable("no c=");
    const auto address = parse_connection(*connection, stream.line.port);
    if (!address) return address.error();
    stream.rtp = *address;
    stream.rtcp = rtcp_address(section, stream.rtp);
    stream.held = address->is_unspecified();
    return Done{};
}

} // namespace

std::string_view name(MediaKind kind) {
    switch (kind) {
    case MediaKind::Audio: return "audio";
    case MediaKind::Video: return "video";
    }
    return {};
}

std::string_view name(MediaDirection direction) {
    switch (direction) {
    case MediaDirection::SendRecv: return "sendrecv";
    case MediaDirection::SendOnly: return "sendonly";
    case MediaDirection::RecvOnly: return "recvonly";
    case MediaDirection::Inactive: return "inactive";
    }
    return {};
}

std::optional<RtpProfile> RtpProfile::parse(std::string_view proto) {
    for (const bool feedback : {false, true})
        for (const RtpProfile profile :
             {RtpProfile{false, feedback}, RtpProfile{true, feedback}, RtpProfile{true, feedback, true}})
            if (iequals(profile.str(), proto)) return profile;
    return std::nullopt;
}

std::string_view RtpProfile::str() const {
    if (dtls) return feedback ? "UDP/TLS/RTP/SAVPF" : "UDP/TLS/RTP/SAVP";
    if (secure) return feedback ? "RTP/SAVPF" : "RTP/SAVP";
    return feedback ? "RTP/AVPF" : "RTP/AVP";
}

Result<StreamDescription> StreamDescription::formats(const SdpSection& section) {
    auto line = SdpMediaLine::parse(section.lines.front().value);
    if (!line) return line.error();
    StreamDescription stream;
    stream.line = *std::move(line);
    if (iequals(stream.line.kind, "video"))
        stream.kind = MediaKind::Video;
    else if (!iequals(stream.line.kind, "audio"))
        return unusable("m=" + stream.line.kind + " is neither audio nor video");
    const auto profile = RtpProfile::parse(stream.line.proto);
    if (!profile)
        return unusable("m=" + stream.line.kind + " over " + stream.line.proto + " is not RTP we relay");
    stream.profile = *profile;
    if (stream.line.count > 1) return unusable("several ports in one m= line");
    auto payloads = read_payloads(section, stream.line, stream.kind);
    if (!payloads) return payloads.error();
    stream.payloads = *std::move(payloads);
    return stream;
}

Result<StreamDescription> StreamDescription::read(const SdpSection& session, const SdpSection& section) {
    auto described = formats(section);
    if (!described || described->off()) return described;
    StreamDescription& stream = *described;
    stream.rtcp_mux = section.has_attribute("rtcp-mux");
    if (auto good = read_addresses(session, section, stream); !good) return good.error();
    stream.direction = read_direction(session, section);
    stream.ssrcs = read_ssrcs(section);
    for (const auto value : section.attributes("crypto"))
        stream.crypto.emplace_back(value);
    stream.dtls = DtlsDescription::read(session, section);
    stream.ice = IceDescription::read(session, section, stream.rtp);
    if (stream.uses_ice()) stream.held = false; // 0.0.0.0 is an address that it does not have yet
    return described;
}

std::optional<MediaDirection> StreamDescription::direction_to_write() const {
    if (!held) return std::nullopt;
    const bool sends = direction == MediaDirection::SendRecv || direction == MediaDirection::SendOnly;
    return sends ? MediaDirection::SendOnly : MediaDirection::Inactive;
}

} // namespace wakeline::media

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace wakeline::media {

/// The suites we speak, named as in SDES (RFC 4568, RFC 6188, RFC 7714).
enum class SrtpSuite : std::uint8_t {
    AesCm128Sha1_80,
    AesCm128Sha1_32,
    AesCm256Sha1_80,
    AeadAes128Gcm,
    AeadAes256Gcm
};

/// How a side's SDP has RTP and SRTP (SBC-SRTP-05). Whatever a side is offered, all but SrtpOnly and Off take
/// its own offers in any form.
enum class SrtpMode : std::uint8_t {
    SrtpOnly,   // RTP/SAVP; a plain offer is refused (488)
    Prefer,     // offered as RTP/SAVP to phones over TLS, and to a PBX as BestEffort
    RtpAndSrtp, // each medium twice: RTP, then SRTP
    SrtpAndRtp, // each medium twice: SRTP, then RTP
    BestEffort, // RTP/AVP with keys: RFC 8643
    Off,        // RTP only
};

/// Where SRTP keys come from (SBC-SRTP-03, SBC-SRTP-04): what phones are offered, and what is preferred where
/// they offer both.
enum class KeyExchange : std::uint8_t { Sdes, Dtls, DtlsSdes };

/// Towards phones: never; in answers to those that offer it; in our offers too.
enum class IceMode : std::uint8_t { Off, Answer, Offer };

struct SrtpConfig {
    std::vector<SrtpSuite> suites{SrtpSuite::AesCm128Sha1_80, SrtpSuite::AesCm128Sha1_32,
                                  SrtpSuite::AesCm256Sha1_80, SrtpSuite::AeadAes128Gcm,
                                  SrtpSuite::AeadAes256Gcm};
    SrtpMode mode = SrtpMode::SrtpOnly;
    KeyExchange keys = KeyExchange::Sdes;
    bool srtcp = true;
    bool operator==(const SrtpConfig&) const = default;
};

struct TrunkMedia {
    std::string address;          // empty: media.address
    std::string ports = "shared"; // or "10000-19999"
    SrtpMode srtp = SrtpMode::Off;
    std::vector<SrtpSuite> suites = {}; // empty: those of phones
    bool operator==(const TrunkMedia&) const = default;
};

/// How much audio a packet has; Automatic: as the far end wants it.
enum class PacketTime : std::uint8_t { Automatic, Ms10, Ms20, Ms30, Ms40, Ms60 };

/// Which codecs a side may use, by the names of a=rtpmap; letter case does not matter. YAML `codecs`.
struct CodecPolicy {
    std::vector<std::string> allow = {}; // empty: all
    std::vector<std::string> deny = {};
    std::vector<std::string> prefer = {}; // offered first, in this order
    PacketTime ptime = PacketTime::Automatic;
    bool video = true;
    bool operator==(const CodecPolicy&) const = default;
};

/// What a side is told about security that ends at Wakeline (SBC-SEC-01).
enum class SecurityTruth : std::uint8_t { AsLeg, Indicate, MatchTrunk };

/// What may be agreed with the phones, or with one PBX.
struct SidePolicy {
    CodecPolicy codecs = {};
    bool require_srtp = false;
    bool allow_keys_over_plain = false; // SDES keys although signalling is not TLS
    bool operator==(const SidePolicy&) const = default;
};

struct MediaConfig {
    std::string address = "0.0.0.0";
    std::string public_address; // empty: address
    unsigned plain_audio = 5008, secure_audio = 5010, plain_video = 5012,
             secure_video = 5014; // RTP; RTCP is next
    bool single_audio_port = false;
    SrtpConfig srtp;
    IceMode ice = IceMode::Answer;
    TrunkMedia trunk;
    std::chrono::milliseconds timeout = std::chrono::seconds(60);
    unsigned threads = 1;
    std::chrono::microseconds pacing{500}; // 0: woken by every packet
    unsigned dscp = 46, video_dscp = 46;
    SidePolicy phones = {};                                 // from section access
    std::map<std::string, SidePolicy> trunks = {};          // from section trunks, by name
    SecurityTruth security_truth = SecurityTruth::Indicate; // from section access
    bool operator==(const MediaConfig&) const = default;
};

} // namespace wakeline::media

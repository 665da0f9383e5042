// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/schema.h"
#include "media/config.h"

namespace wakeline::config {

template <>
struct Words<media::SrtpSuite> {
    using enum media::SrtpSuite;
    static constexpr std::array list{
        Word{"AES_CM_128_HMAC_SHA1_80", AesCm128Sha1_80}, Word{"AES_CM_128_HMAC_SHA1_32", AesCm128Sha1_32},
        Word{"AES_256_CM_HMAC_SHA1_80", AesCm256Sha1_80}, Word{"AEAD_AES_128_GCM", AeadAes128Gcm},
        Word{"AEAD_AES_256_GCM", AeadAes256Gcm}};
};
template <>
struct Words<media::SrtpMode> {
    using enum media::SrtpMode;
    static constexpr std::array list{Word{"srtp_only", SrtpOnly},      Word{"prefer", Prefer},
                                     Word{"rtp_and_srtp", RtpAndSrtp}, Word{"srtp_and_rtp", SrtpAndRtp},
                                     Word{"best_effort", BestEffort},  Word{"off", Off}};
};

template <>
struct Words<media::KeyExchange> {
    using enum media::KeyExchange;
    static constexpr std::array list{Word{"sdes", Sdes}, Word{"dtls", Dtls}, Word{"dtls_sdes", DtlsSdes}};
};
template <>
struct Words<media::IceMode> {
    using enum media::IceMode;
    static constexpr std::array list{Word{"off", Off}, Word{"answer", Answer}, Word{"offer", Offer}};
};

template <>
struct Schema<media::SrtpConfig> {
    using S = media::SrtpConfig;
    static constexpr std::tuple fields{
        Field("suites", &S::suites, "The cipher suites offered to phones, best first."),
        Field("mode", &S::mode,
              "srtp_only: a phone's plain offer is refused with 488. prefer: SRTP to phones on TLS, plain "
              "media accepted. rtp_and_srtp, srtp_and_rtp: phones are offered each medium twice, in that "
              "order, "
              "and choose. best_effort: one line with keys that a plain phone ignores (RFC 8643). off: plain "
              "media only. All but srtp_only and off accept a phone's offer in any of these forms."),
        Field("keys", &S::keys,
              "Where the keys that phones are offered come from: sdes, in SDP; dtls, from a handshake "
              "(DTLS-SRTP); "
              "dtls_sdes, both. A phone that offers one kind gets it; of both it gets the one named first "
              "here."),
        Field("srtcp", &S::srtcp, "Encrypt RTCP too. With keys from DTLS it always is."),
    };
};

template <>
struct Schema<media::TrunkMedia> {
    using S = media::TrunkMedia;
    static constexpr std::tuple fields{
        Field("address", &S::address, "The address for media with the PBX.", kIpAddress)
            .unset("media.address"),
        Field("ports", &S::ports, "The shared ports above, or a range of its own: a pair for each stream.",
              kPortRange),
        Field("srtp", &S::srtp,
              "Whether media with the PBX is encrypted; as srtp.mode, where prefer means best_effort."),
        Field("suites", &S::suites, "The cipher suites offered to the PBX, best first.")
            .unset("those of srtp.suites"),
    };
};

template <>
struct Schema<media::MediaConfig> {
    using S = media::MediaConfig;
    static constexpr std::tuple fields{
        Field("address", &S::address, "The address for media with phones.", kIpAddress),
        Field("public_address", &S::public_address, "The address that phones send media to (SDP).",
              kIpAddress)
            .unset("the address above; with 0.0.0.0 the one a phone connected to"),
        Field("plain_audio", &S::plain_audio, "The UDP port of all RTP audio; RTCP is on the next one.",
              kEvenPort),
        Field("secure_audio", &S::secure_audio, "The UDP port of all SRTP audio.", kEvenPort),
        Field("plain_video", &S::plain_video, "The UDP port of all RTP video.", kEvenPort),
        Field("secure_video", &S::secure_video, "The UDP port of all SRTP video.", kEvenPort),
        Field("single_audio_port", &S::single_audio_port,
              "Plain and secure audio share the port plain_audio; secure_audio stays unused."),
        Field("srtp", &S::srtp, "Encryption of media with phones."),
        Field("ice", &S::ice,
              "ICE (lite) towards phones. answer: to those that offer it. offer: calls to phones offer it "
              "too. off: "
              "never."),
        Field("trunk", &S::trunk, "Media with the PBX."),
        Field("timeout", &S::timeout,
              "A call without a single media packet for this long is ended; 0: never.",
              between_ms<0, 86'400'000>),
        Field("threads", &S::threads, "Threads that relay media; with 2 the second one has the video.",
              between<1, 2>),
        Field("pacing", &S::pacing,
              "Under load, packets are taken this far apart: fewer wake-ups, and that much delay. 0: each at "
              "once.",
              between_us<0, 2'000>),
    };
};

} // namespace wakeline::config

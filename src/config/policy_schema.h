// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/access_schema.h"
#include "config/config.h"
#include "config/trunk_schema.h"

// What may pass to a side: codecs, encryption, header fields, identity; and who is hunted where.
namespace wakeline::config {

template <>
struct Words<media::PacketTime> {
    using enum media::PacketTime;
    static constexpr std::array list{Word{"auto", Automatic}, Word{"10ms", Ms10}, Word{"20ms", Ms20},
                                     Word{"30ms", Ms30},      Word{"40ms", Ms40}, Word{"60ms", Ms60}};
};
template <>
struct Words<media::SecurityTruth> {
    using enum media::SecurityTruth;
    static constexpr std::array list{Word{"as_leg", AsLeg}, Word{"indicate", Indicate},
                                     Word{"match_trunk", MatchTrunk}};
};
template <>
struct Words<call::AssertIdentity> {
    using enum call::AssertIdentity;
    static constexpr std::array list{Word{"asked", Asked}, Word{"always", Always}, Word{"never", Never}};
};
template <>
struct Words<call::Routing> {
    using enum call::Routing;
    static constexpr std::array list{Word{"pbx", Pbx}, Word{"ring_plan", RingPlan}};
};
template <>
struct Words<call::CellWhen> {
    using enum call::CellWhen;
    static constexpr std::array list{Word{"always", Always}, Word{"unreachable", Unreachable}};
};
template <>
struct Words<call::RingOrder> {
    using enum call::RingOrder;
    static constexpr std::array list{Word{"serial", Serial}, Word{"simultaneous", Simultaneous},
                                     Word{"as_configured", AsConfigured}};
};

/// As phones and PBXes have it: 1 to 25 s, whole seconds (SBC-RING-01).
inline constexpr Rule<std::chrono::milliseconds> kRingTime{
    [] { return std::string("whole seconds from 1s to 25s"); },
    [](const std::chrono::milliseconds& time) {
        return time >= std::chrono::seconds(1) && time <= std::chrono::seconds(25) &&
               time % std::chrono::seconds(1) == std::chrono::milliseconds(0);
    }};

template <>
struct Schema<media::CodecPolicy> {
    using S = media::CodecPolicy;
    static constexpr std::tuple fields{
        Field("allow", &S::allow,
              "Codecs that may be used with this side, by their SDP names; none listed: all. A list of audio "
              "codecs says nothing about video, and the other way round. Nothing is transcoded, so what one "
              "side must not use the other is not offered. Telephone events and comfort noise always pass."),
        Field("deny", &S::deny, "Codecs that must not be used with this side."),
        Field("prefer", &S::prefer, "Codecs that this side is offered first, best first."),
        Field("ptime", &S::ptime,
              "The packet time that this side is asked to send with; auto: what the far end asks for."),
        Field("video", &S::video, "false: video is refused, and the voice of the call goes on."),
    };
};

template <>
struct Schema<call::HeaderRules> {
    using S = call::HeaderRules;
    static constexpr std::tuple fields{
        Field("pass", &S::pass, "Header fields that pass to this side beside those that do anyway."),
        Field("remove", &S::remove, "Header fields that do not pass to this side although others get them."),
    };
};

template <>
struct Schema<AccessConfig> {
    using S = AccessConfig;
    static constexpr auto fields = std::tuple_cat(
        Schema<sip::AccessConfig>::fields,
        std::tuple{
            Field("codecs", &S::codecs, "Which codecs phones may use."),
            Field("require_srtp", &S::require_srtp,
                  "true: a call whose media with the phone would not be encrypted is answered 488, whatever "
                  "media.srtp.mode lets it offer."),
            Field("allow_keys_over_plain", &S::allow_keys_over_plain,
                  "true: SRTP also with phones that signal over tcp or udp, where everybody on the way can "
                  "read the keys."),
            Field(
                "security_truth", &S::security_truth,
                "What a phone with SRTP is told when the PBX's side of the call is plain. indicate: the "
                "header field Media-Security says so, and each change. match_trunk: media with the phone are "
                "plain as well, where media.srtp.mode prefer lets them be. as_leg: nothing."),
            Field("headers", &S::headers, "Header fields towards phones; see HEADER FIELDS."),
        });
};

template <>
struct Schema<TrunkConfig> {
    using S = TrunkConfig;
    static constexpr std::string_view sample = Schema<trunk::TrunkConfig>::sample;
    static constexpr auto fields = std::tuple_cat(
        Schema<trunk::TrunkConfig>::fields,
        std::tuple{
            Field("codecs", &S::codecs, "Which codecs this PBX may use."),
            Field("require_srtp", &S::require_srtp,
                  "true: a call whose media with the PBX would not be encrypted is answered 488."),
            Field(
                "allow_keys_over_plain", &S::allow_keys_over_plain,
                "true: SRTP also when we signal with the PBX over tcp or udp, where everybody on the way can "
                "read the keys."),
            Field("headers", &S::headers, "Header fields towards this PBX; see HEADER FIELDS."),
            Field("assert_identity", &S::assert_identity,
                  "When the PBX is told in P-Asserted-Identity which user's phone calls (RFC 3325): asked, "
                  "when "
                  "the phone names an identity itself, which is never passed as it is; always; never."),
        });
};

template <>
struct Schema<call::RingPlanConfig> {
    using S = call::RingPlanConfig;
    static constexpr std::tuple fields{
        Field("mobile", &S::mobile, "How long the mobile devices ring; for those asleep, waking included.",
              kRingTime)
            .live(),
        Field("desk", &S::desk, "How long the desk phone rings.", kRingTime).live(),
        Field("cell", &S::cell, "How long the cell phone rings; too short a time gives it one short ring.",
              kRingTime)
            .live(),
        Field("order", &S::order, "One after the other, or all together and then voicemail.").live(),
        Field("cell_when", &S::cell_when,
              "always: every hunt goes on to the cell phone of a user who has one and agrees. unreachable: "
              "only "
              "when no mobile device can be reached.")
            .live(),
        Field("voicemail", &S::voicemail, "The number of the voicemail of users who have none of their own.")
            .unset("none")
            .live(),
    };
};

} // namespace wakeline::config

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wakeline::simulation {

/// What happened in a schedule. A run of many schedules in which one of these never happens has failed: it
/// proves less than it says.
enum class Did : std::uint8_t {
    PbxCalls,
    PbxCallsDevice,
    PbxCallsWithoutOffer,
    PbxCancels,
    PbxHangsUp,
    PbxReinvites,
    PbxNeverAcks,
    PbxRefuses,
    PbxUnavailable,
    PbxSilent,
    PbxAnswersCancelled,
    PbxForks,
    PhoneCalls,
    PhoneCancels,
    PhoneHangsUp,
    PhoneReinvites,
    PhoneRefuses,
    PhoneNeverAnswers,
    PhoneAnswersTwice,
    TwoPhonesAnswer,
    EarlyMedia,
    Glare,
    PhoneSleeps,
    PhoneSleepsSilently,
    PhoneWakes,
    PhoneWakesLate,
    PhoneNeverWakes,
    PhoneToldLate,
    PhoneMoves,
    PhoneDiesInCall,
    PhoneDiesRinging,
    PhoneFaints,
    PhoneGoneForGood,
    PushAccepted,
    PushDelayed,
    PushUnanswered,
    PushTokenDead,
    PushThrottled,
    PushUnavailable,
    PushTwice,
    DatagramLost,
    DatagramRepeated,
    DatagramOvertaken,
    FlowCut,
    StoreSlow,
    RegisteredLocally,
    RegisteredForwarded,
    CallHeld,
    CallUp,
    CallEnded,
    MediaTimeout,
    AdministratorEnds,
    PhoneUnregisters,
    PhoneAsksInDialog,
    PbxAsksInDialog,
    MessageToPhone,
    Count
};

inline constexpr std::size_t kBehaviours = static_cast<std::size_t>(Did::Count);

inline constexpr std::array<std::string_view, kBehaviours> kBehaviourNames{
    "the PBX calls a user",
    "the PBX calls one device by its contact",
    "the PBX calls without an offer",
    "the PBX cancels",
    "the PBX hangs up",
    "the PBX sends a re-INVITE",
    "the PBX never sends its ACK",
    "the PBX refuses",
    "the PBX answers 503",
    "the PBX is silent for a while",
    "the PBX answers what was cancelled",
    "the PBX answers with several tags",
    "a phone calls",
    "a phone cancels",
    "a phone hangs up",
    "a phone sends a re-INVITE",
    "a phone refuses",
    "a phone rings on",
    "a phone answers twice",
    "two phones answer",
    "a phone sends early media",
    "re-INVITEs cross",
    "a phone sleeps",
    "a phone's connection dies unseen",
    "a phone wakes up",
    "a phone wakes up too late",
    "a phone never wakes up",
    "a phone that comes too late is told",
    "a phone changes network",
    "a phone's connection breaks in a call",
    "a phone's connection breaks while it rings",
    "a phone loses the connection that it woke up on",
    "a phone never comes back",
    "a push is accepted",
    "a push takes long",
    "a push has no answer",
    "a push token is dead",
    "pushes are throttled",
    "the push service fails",
    "a push arrives twice",
    "a datagram is lost",
    "a datagram comes twice",
    "a datagram overtakes another",
    "a connection is cut with messages on it",
    "the store is slow",
    "a phone registers with us",
    "a phone registers with the PBX",
    "a call waits for a phone",
    "a call is up on both sides",
    "a call has its record",
    "media stop",
    "an administrator ends a call",
    "a phone ends its registration",
    "a phone sends INFO in its call",
    "the PBX sends INFO in its call",
    "the PBX sends a MESSAGE",
};

/// How often each happened.
struct Coverage {
    std::array<std::uint64_t, kBehaviours> counts{};

    void saw(Did what) { ++counts[static_cast<std::size_t>(what)]; }
    void add(const Coverage& other) {
        for (std::size_t i = 0; i < kBehaviours; ++i)
            counts[i] += other.counts[i];
    }
};

} // namespace wakeline::simulation

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "media/media_sessions.h"
#include "net/timer.h"

namespace wakeline::call {

/// One step of a call: when (since the INVITE came in), what, for which device, and what was answered.
struct TimelineEvent {
    std::chrono::microseconds at{};
    std::string what;   // invite, push_sent, push_accepted, push_failed, connected, registered, invite_sent,
                        // ringing, answered, cancelled, hold, resume, ended, ...
    std::string device; // registrar/device_name.h, or empty
    std::string detail; // "200", "410 Unregistered", "480 push timeout"
};

enum class Direction : std::uint8_t { ToPhone, FromPhone };
enum class CallState : std::uint8_t { Held, Ringing, Established, Ended };

/// What is kept of a call: shown live by `wakelinectl calls`, stored when it ends, one JSON line each.
struct CallRecord {
    std::string id; // ours; the `call=` of log lines
    Direction direction = Direction::ToPhone;
    CallState state = CallState::Held;
    std::string caller, callee; // user parts or numbers
    std::string trunk;
    net::WallTime started{}, answered{}, ended{}; // 0 where it did not happen
    int status = 0;                               // final answer to the INVITE
    std::string reason;                           // why it ended, in words
    std::vector<TimelineEvent> timeline;
    std::string phone_security = {},
                trunk_security = {}; // "RTP" or the SRTP suite, as agreed last; live calls
    media::MediaStats media;
};

} // namespace wakeline::call

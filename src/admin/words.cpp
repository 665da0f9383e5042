// SPDX-License-Identifier: Apache-2.0
#include "admin/words.h"

#include <cstdio>
#include <ctime>

namespace wakeline::admin {

std::string_view word(LogLevel level) {
    switch (level) {
    case LogLevel::Off: return "off";
    case LogLevel::Min: return "min";
    case LogLevel::Med: return "med";
    case LogLevel::Max: return "max";
    }
    return "";
}

std::optional<LogLevel> log_level(std::string_view text) {
    for (const LogLevel level : {LogLevel::Off, LogLevel::Min, LogLevel::Med, LogLevel::Max})
        if (word(level) == text) return level;
    return std::nullopt;
}

std::string_view word(call::Direction direction) {
    switch (direction) {
    case call::Direction::ToPhone: return "to_phone";
    case call::Direction::FromPhone: return "from_phone";
    }
    return "";
}

std::string_view word(call::CallState state) {
    switch (state) {
    case call::CallState::Held: return "held";
    case call::CallState::Ringing: return "ringing";
    case call::CallState::Established: return "established";
    case call::CallState::Ended: return "ended";
    }
    return "";
}

std::string_view word(trunk::PeerState state) {
    switch (state) {
    case trunk::PeerState::Unknown: return "unknown";
    case trunk::PeerState::Up: return "up";
    case trunk::PeerState::Down: return "down";
    }
    return "";
}

std::string_view word(push::WakeOutcome outcome) {
    switch (outcome) {
    case push::WakeOutcome::Accepted: return "accepted";
    case push::WakeOutcome::TokenDead: return "token_dead";
    case push::WakeOutcome::Refused: return "refused";
    case push::WakeOutcome::Unavailable: return "unavailable";
    case push::WakeOutcome::NoProvider: return "no_provider";
    }
    return "";
}

std::string rfc3339(net::WallTime time) {
    using namespace std::chrono;
    const auto ms = duration_cast<milliseconds>(time.time_since_epoch()).count();
    const std::time_t whole = ms / 1'000;
    std::tm utc{};
    ::gmtime_r(&whole, &utc);
    char text[40];
    const auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    std::snprintf(text + size, sizeof text - size, ".%03dZ", static_cast<int>(ms % 1'000));
    return text;
}

} // namespace wakeline::admin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sip/message.h"

namespace wakeline::call {

/// Who refreshes a session, in the words of the request that says so (RFC 4028 section 4).
enum class Refresher : std::uint8_t { Uac, Uas };

/// The value of a Session-Expires header: `1800;refresher=uas`.
struct SessionExpires {
    std::chrono::seconds interval{};
    std::optional<Refresher> refresher;

    static std::optional<SessionExpires> parse(std::string_view value);
    /// Of that message; nothing when it has none.
    static std::optional<SessionExpires> of(const sip::Message& message);
    std::string str() const;
    bool operator==(const SessionExpires&) const = default;
};

/// No session is shorter, whatever a peer says (RFC 4028 section 5).
inline constexpr std::chrono::seconds kShortestSession{90};

/// Min-SE of that message.
std::chrono::seconds min_session(const sip::Message& message);

/// Whether its sender takes UPDATE, if it says what it takes (Allow).
std::optional<bool> says_update(const sip::Message& message);

/// What an INVITE or UPDATE of a peer wants of session timers.
struct SessionWish {
    bool supported = false;
    std::optional<SessionExpires> expires;
    std::chrono::seconds min = kShortestSession;
    std::optional<bool> update; // as `says_update`

    static SessionWish of(const sip::Message& request);
    /// To be answered 422 (section 9). Who knows nothing of timers could not do better.
    bool below(std::chrono::seconds least) const { return supported && expires && expires->interval < least; }
};

} // namespace wakeline::call

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"
#include "call/call_record.h"
#include "push/waker.h"
#include "trunk/peers.h"

// The words that the control API uses for what the modules count in enumerations.
namespace wakeline::admin {

std::string_view word(LogLevel level);
std::optional<LogLevel> log_level(std::string_view word);
std::string_view word(call::Direction direction);
std::string_view word(call::CallState state);
std::string_view word(trunk::PeerState state);
std::string_view word(push::WakeOutcome outcome);

/// 2026-01-31T12:34:56.789Z
std::string rfc3339(net::WallTime time);

} // namespace wakeline::admin

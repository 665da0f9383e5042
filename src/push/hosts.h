// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "push/config.h"

namespace wakeline::push {

inline constexpr std::string_view kApnsProduction = "https://api.push.apple.com";
inline constexpr std::string_view kApnsSandbox = "https://api.sandbox.push.apple.com";
inline constexpr std::string_view kFcm = "https://fcm.googleapis.com";
inline constexpr std::string_view kGoogleTokens = "https://oauth2.googleapis.com";

/// The hosts that an app's pushes need from DNS: the proxy alone when there is one.
std::vector<std::string> hosts_of(const AppConfig& app, const Rules& rules);

} // namespace wakeline::push

// SPDX-License-Identifier: Apache-2.0
#include "push/apns_device.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"

namespace wakeline::push {

namespace {

constexpr std::size_t kLongestToken = 200; // hex digits; Apple says that they may grow from 64

struct Topic {
    std::string_view bundle;
    bool voip = true;
};

/// "<bundle>", "<bundle>.voip", and Linphone's "<bundle>.remote&voip" in either order, or "<bundle>.remote".
Topic parse_topic(std::string_view text) {
    const auto dot = text.rfind('.');
    if (dot == std::string_view::npos) return {text};
    const auto services = split(text.substr(dot + 1), '&');
    const bool known = std::all_of(services.begin(), services.end(),
                                   [](std::string_view s) { return s == "voip" || s == "remote"; });
    if (!known) return {text};
    return {text.substr(0, dot), std::find(services.begin(), services.end(), "voip") != services.end()};
}

/// The token itself, or Linphone's "<token>:remote&<token>:voip".
std::string_view voip_token(std::string_view text) {
    for (const std::string_view part : split(text, '&')) {
        const auto colon = part.find(':');
        if (colon == std::string_view::npos || part.substr(colon + 1) == "voip") return part.substr(0, colon);
    }
    return {};
}

} // namespace

std::optional<ApnsDevice> ApnsDevice::parse(const Device& device) {
    const bool sandbox = device.provider == "apns.dev";
    if (device.provider != "apns" && !sandbox) return std::nullopt;
    const auto dot = device.param.find('.');
    if (dot == std::string::npos) return std::nullopt;
    const Topic topic = parse_topic(std::string_view(device.param).substr(dot + 1));
    const std::string_view token = voip_token(device.token.reveal());
    if (!topic.voip || token.empty() || token.size() > kLongestToken || !from_hex(token)) return std::nullopt;
    return ApnsDevice{device.param.substr(0, dot), std::string(topic.bundle), std::string(token), sandbox};
}

} // namespace wakeline::push

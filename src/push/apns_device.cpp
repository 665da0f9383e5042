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
    bool voip = true, remote = true;
};

/// "<bundle>.voip", "<bundle>.remote", and Linphone's "<bundle>.remote&voip" in either order. A bundle
/// without either is taken for both: its one token may be of either kind.
Topic parse_topic(std::string_view text) {
    const auto dot = text.rfind('.');
    if (dot == std::string_view::npos) return {text};
    const auto services = split(text.substr(dot + 1), '&');
    const auto has = [&services](std::string_view name) {
        return std::find(services.begin(), services.end(), name) != services.end();
    };
    const bool known = std::all_of(services.begin(), services.end(),
                                   [](std::string_view s) { return s == "voip" || s == "remote"; });
    if (!known) return {text};
    return {text.substr(0, dot), has("voip"), has("remote")};
}

/// The token itself, or its part in Linphone's "<token>:remote&<token>:voip". Empty: none that Apple could
/// have given.
std::string token_of(std::string_view text, std::string_view service) {
    for (const std::string_view part : split(text, '&')) {
        const auto colon = part.find(':');
        if (colon != std::string_view::npos && part.substr(colon + 1) != service) continue;
        const std::string_view token = part.substr(0, colon);
        const bool good = !token.empty() && token.size() <= kLongestToken && from_hex(token);
        return good ? std::string(token) : std::string();
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
    const std::string& tokens = device.token.reveal();
    ApnsDevice parsed{.team = device.param.substr(0, dot),
                      .bundle = std::string(topic.bundle),
                      .voip_token = topic.voip ? token_of(tokens, "voip") : "",
                      .alert_token = topic.remote ? token_of(tokens, "remote") : "",
                      .sandbox = sandbox};
    if (parsed.voip_token.empty() && parsed.alert_token.empty()) return std::nullopt;
    return parsed;
}

} // namespace wakeline::push

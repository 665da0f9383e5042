// SPDX-License-Identifier: Apache-2.0
#include "call/session_expires.h"

#include <algorithm>

#include "base/text.h"

namespace wakeline::call {

namespace {

constexpr std::uint32_t kLongest = 86'400 * 7; // seconds; a number beyond is no promise that anybody keeps

std::optional<std::chrono::seconds> seconds_in(std::string_view value) {
    const auto number = parse_unsigned<std::uint32_t>(trim(value.substr(0, value.find(';'))));
    return number ? std::optional(std::chrono::seconds(std::min(*number, kLongest))) : std::nullopt;
}

} // namespace

std::optional<SessionExpires> SessionExpires::parse(std::string_view value) {
    const auto interval = seconds_in(value);
    if (!interval) return std::nullopt;
    SessionExpires session{*interval, std::nullopt};
    for (const auto part : split(value, ';')) {
        const std::string_view param = trim(part);
        if (!istarts_with(param, "refresher")) continue;
        const std::string_view who = trim(param.substr(std::min(param.find('='), param.size() - 1) + 1));
        if (iequals(who, "uac")) session.refresher = Refresher::Uac;
        if (iequals(who, "uas")) session.refresher = Refresher::Uas;
    }
    return session;
}

std::optional<SessionExpires> SessionExpires::of(const sip::Message& message) {
    const auto value = message.header("Session-Expires");
    return value ? parse(*value) : std::nullopt;
}

std::string SessionExpires::str() const {
    std::string text = std::to_string(interval.count());
    if (refresher) text += *refresher == Refresher::Uac ? ";refresher=uac" : ";refresher=uas";
    return text;
}

std::chrono::seconds min_session(const sip::Message& message) {
    const auto value = message.header("Min-SE");
    const auto min = value ? seconds_in(*value) : std::nullopt;
    return std::max(min.value_or(kShortestSession), kShortestSession);
}

std::optional<bool> says_update(const sip::Message& message) {
    const auto methods = message.tokens("Allow");
    if (methods.empty()) return std::nullopt;
    return std::ranges::find(methods, "UPDATE") != methods.end();
}

SessionWish SessionWish::of(const sip::Message& request) {
    return {.supported = request.has_token("Supported", "timer") || request.has_token("Require", "timer"),
            .expires = SessionExpires::of(request),
            .min = min_session(request),
            .update = says_update(request)};
}

} // namespace wakeline::call

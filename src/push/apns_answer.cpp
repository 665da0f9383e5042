// SPDX-License-Identifier: Apache-2.0
#include "push/apns_answer.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "push/payload.h"

namespace wakeline::push {

namespace {

using nlohmann::json;
using enum WakeOutcome;
using enum Next;

struct Row {
    int status;
    std::string_view reason; // empty: any other reason of this status
    WakeOutcome outcome;
    Next next = Finish;
    std::chrono::seconds hold{0};
    bool alarm = false;
};

constexpr std::chrono::seconds kDevicePause{10}; // Apple names none; longer than a caller waits

// clang-format off
constexpr auto kAnswers = std::to_array<Row>({
    {200, "",                             Accepted},
    {400, "BadDeviceToken",               TokenDead},
    {400, "DeviceTokenNotForTopic",       TokenDead},
    {400, "IdleTimeout",                  Unavailable, NewConnection},
    {400, "",                             Refused,     Finish, {}, true},
    {403, "ExpiredProviderToken",         Refused,     NewCredential, {}, true},
    {403, "",                             Refused,     Finish, {}, true},
    {404, "Unregistered",                 TokenDead},
    {404, "",                             Refused,     Finish, {}, true},
    {405, "",                             Refused,     Finish, {}, true},
    {410, "",                             TokenDead},
    {413, "",                             Unavailable, Shrink, {}, true},
    // The connection stays unusable with the token that came too early; another one with the old token works.
    {429, "TooManyProviderTokenUpdates",  Unavailable, NewConnection, {}, true},
    {429, "",                             Unavailable, Finish, kDevicePause},
    {500, "",                             Unavailable, NewConnection},
    {503, "",                             Unavailable, NewConnection},
});
// clang-format on

Row row_of(int status, std::string_view reason) {
    const auto find = [status](std::string_view wanted) {
        return std::find_if(kAnswers.begin(), kAnswers.end(), [status, wanted](const Row& row) {
            return row.status == status && row.reason == wanted;
        });
    };
    if (const auto exact = find(reason); exact != kAnswers.end()) return *exact;
    if (const auto any = find(""); any != kAnswers.end()) return *any;
    if (status >= 200 && status < 300) return {status, "", Accepted};
    return {status, "", Unavailable, status >= 500 ? NewConnection : Finish};
}

/// Milliseconds since 1970, only with Unregistered; nothing beyond the year 2200.
net::WallTime timestamp_of(const json& answer) {
    const auto it = answer.find("timestamp");
    if (it == answer.end() || !it->is_number_unsigned()) return {};
    constexpr std::uint64_t limit = 7'258'118'400'000;
    const auto ms = it->get<std::uint64_t>();
    return ms < limit ? net::WallTime(std::chrono::milliseconds(ms)) : net::WallTime{};
}

} // namespace

Verdict judge_apns(int status, std::string_view body) {
    const json answer = json::parse(body, nullptr, false);
    std::string reason;
    net::WallTime dead_since{};
    if (answer.is_object()) {
        const auto it = answer.find("reason");
        if (it != answer.end() && it->is_string()) reason = clean_name(it->get_ref<const std::string&>(), 64);
        dead_since = timestamp_of(answer);
    }
    const Row row = row_of(status, reason);
    Verdict verdict;
    verdict.result.outcome = row.outcome;
    verdict.result.status = status;
    verdict.result.reason = std::move(reason);
    if (row.outcome == TokenDead) verdict.result.dead_since = dead_since;
    verdict.next = row.next;
    verdict.hold = row.hold;
    verdict.alarm = row.alarm;
    return verdict;
}

bool shows_acceptance(int status) {
    switch (status) {
    case 200:
    case 400:
    case 410:
    case 413:
    case 429: return true;
    default: return false;
    }
}

} // namespace wakeline::push

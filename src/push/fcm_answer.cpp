// SPDX-License-Identifier: Apache-2.0
#include "push/fcm_answer.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "push/payload.h"

namespace wakeline::push {

namespace {

using nlohmann::json;
using enum WakeOutcome;
using enum Next;

struct Row {
    int status;
    std::string_view code; // empty: any other code of this status
    WakeOutcome outcome;
    Next next = Finish;
    bool alarm = false;
};

// clang-format off
constexpr auto kAnswers = std::to_array<Row>({
    {200, "",                       Accepted},
    // A bad token or a bad message of ours; the text decides, see below.
    {400, "",                       Unavailable, Finish,        true},
    {401, "THIRD_PARTY_AUTH_ERROR", Refused,     Finish,        true},
    {401, "",                       Refused,     NewCredential, true},
    {403, "SENDER_ID_MISMATCH",     TokenDead,   Finish,        true},
    {403, "",                       Refused,     Finish,        true},
    {404, "UNREGISTERED",           TokenDead},
    {404, "",                       Refused,     Finish,        true},
    {429, "",                       Unavailable},
    {500, "",                       Unavailable, Repeat},
    {503, "",                       Unavailable, Repeat},
});
// clang-format on

constexpr std::chrono::seconds kDefaultPause{60}, kLongestPause{3600};
constexpr std::string_view kErrorType = "type.googleapis.com/google.firebase.fcm.v1.FcmError";
constexpr std::string_view kBadToken = "not a valid FCM registration token";

Row row_of(int status, std::string_view code) {
    const auto find = [status](std::string_view wanted) {
        return std::find_if(kAnswers.begin(), kAnswers.end(), [status, wanted](const Row& row) {
            return row.status == status && row.code == wanted;
        });
    };
    if (const auto exact = find(code); exact != kAnswers.end()) return *exact;
    if (const auto any = find(""); any != kAnswers.end()) return *any;
    if (status >= 200 && status < 300) return {status, "", Accepted};
    return {status, "", Unavailable, status >= 500 ? Repeat : Finish};
}

std::string text_of(const json& object, std::string_view key, std::size_t limit) {
    if (!object.is_object()) return {};
    const auto it = object.find(key);
    return it != object.end() && it->is_string() ? clean_name(it->get_ref<const std::string&>(), limit) : "";
}

/// FCM's own errorCode is more exact than the google.rpc status.
std::string code_of(const json& error) {
    if (error.is_object() && error.contains("details") && error["details"].is_array())
        for (const json& detail : error["details"])
            if (text_of(detail, "@type", 128) == kErrorType) return text_of(detail, "errorCode", 64);
    return text_of(error, "status", 64);
}

/// Seconds; a date is taken as no number, and the default stands.
std::chrono::seconds pause_of(int status, std::string_view retry_after) {
    const auto seconds = parse_unsigned<std::uint32_t>(trim(retry_after));
    if (status == 429)
        return std::min(std::chrono::seconds(seconds.value_or(kDefaultPause.count())), kLongestPause);
    if (status == 503 && seconds) return std::min(std::chrono::seconds(*seconds), kLongestPause);
    return {};
}

} // namespace

Verdict judge_fcm(int status, std::string_view body, std::string_view retry_after) {
    const json answer = json::parse(body, nullptr, false);
    const json error = answer.is_object() ? answer.value("error", json()) : json();
    const Row row = row_of(status, code_of(error));
    Verdict verdict;
    verdict.result.outcome = row.outcome;
    verdict.result.status = status;
    verdict.result.reason = code_of(error);
    verdict.result.message_id = text_of(answer, "name", 256);
    verdict.next = row.next;
    verdict.alarm = row.alarm;
    verdict.hold = pause_of(status, retry_after);
    if (verdict.hold.count() > 0) verdict.next = Finish; // it asked for silence, not for the same again
    if (status == 400 && text_of(error, "message", 256).find(kBadToken) != std::string::npos) {
        verdict.result.outcome = TokenDead;
        verdict.alarm = false;
    }
    return verdict;
}

} // namespace wakeline::push

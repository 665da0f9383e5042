// SPDX-License-Identifier: Apache-2.0
#include "push/webhook_answer.h"

#include <algorithm>
#include <string>

#include "base/text.h"

namespace wakeline::push {

namespace {

constexpr std::chrono::seconds kPause{1}, kLongestPause{3600};

/// Seconds; a date is taken as no number, and the default stands.
std::chrono::seconds pause_of(std::string_view retry_after) {
    const auto seconds = parse_unsigned<std::uint32_t>(trim(retry_after));
    return seconds ? std::min(std::chrono::seconds(*seconds), kLongestPause) : kPause;
}

Verdict verdict_of(int status, std::string_view retry_after) {
    Verdict verdict;
    if (status >= 200 && status < 300) {
        verdict.result.outcome = WakeOutcome::Accepted;
    } else if (status == 410) { // a 404 is what a mistaken url gives, and would cost every token
        verdict.result.outcome = WakeOutcome::TokenDead;
    } else if (status == 408 || status == 429 || status >= 500) {
        verdict.next = Next::RepeatLater;
        verdict.hold = pause_of(retry_after);
    } else if (status == 413) {
        verdict.next = Next::Shrink;
        verdict.alarm = true;
    } else {
        verdict.result.outcome = WakeOutcome::Refused;
        verdict.alarm = true;
    }
    return verdict;
}

} // namespace

Verdict judge_webhook(int status, std::string_view retry_after) {
    Verdict verdict = verdict_of(status, retry_after);
    verdict.result.status = status;
    if (verdict.result.outcome != WakeOutcome::Accepted)
        verdict.result.reason = "HTTP " + std::to_string(status);
    return verdict;
}

} // namespace wakeline::push

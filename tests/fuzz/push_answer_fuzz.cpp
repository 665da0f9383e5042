// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "push/apns_answer.h"
#include "push/fcm_answer.h"
#include "push/fcm_token.h"
#include "push/webhook_answer.h"

using namespace wakeline::push;

namespace {

void check(const Verdict& verdict) {
    WAKELINE_ASSERT(verdict.result.reason.size() <= 64);
    WAKELINE_ASSERT(verdict.result.message_id.size() <= 256);
    WAKELINE_ASSERT(verdict.hold <= std::chrono::hours(1));
    WAKELINE_ASSERT(verdict.result.outcome != WakeOutcome::Accepted || verdict.next == Next::Finish);
}

} // namespace

/// "<status as two octets><Retry-After up to a NUL><body>", judged by all.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const int status = (data[0] << 8 | data[1]) % 600;
    const std::string_view rest(reinterpret_cast<const char*>(data) + 2, size - 2);
    const auto end = rest.find('\0');
    const std::string_view body = end == std::string_view::npos ? rest : rest.substr(end + 1);
    check(judge_apns(status, body));
    check(judge_fcm(status, body, rest.substr(0, end)));
    check(judge_webhook(status, rest.substr(0, end)));
    const TokenAnswer token = judge_token(status, body);
    WAKELINE_ASSERT(token.token.find_first_of("\r\n ") == std::string::npos);
    WAKELINE_ASSERT(token.token.empty() || token.life.count() > 0);
    return 0;
}

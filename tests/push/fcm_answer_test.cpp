// SPDX-License-Identifier: Apache-2.0
#include "push/fcm_answer.h"

#include <doctest/doctest.h>

#include <array>

using namespace std::chrono_literals;
using namespace wakeline::push;

namespace {

struct Expected {
    int status;
    std::string_view code;
    WakeOutcome outcome;
    Next next = Next::Finish;
    bool alarm = false;
};

using enum WakeOutcome;

// clang-format off
constexpr auto kExpected = std::to_array<Expected>({
    {400, "INVALID_ARGUMENT",        Unavailable, Next::Finish, true},
    {401, "THIRD_PARTY_AUTH_ERROR",  Refused,     Next::Finish, true},
    {403, "SENDER_ID_MISMATCH",      TokenDead,   Next::Finish, true},
    {404, "UNREGISTERED",            TokenDead},
    {429, "QUOTA_EXCEEDED",          Unavailable},
    {500, "INTERNAL",                Unavailable, Next::Repeat},
    {503, "UNAVAILABLE",             Unavailable, Next::Repeat},
    {400, "NEW_CODE",                Unavailable, Next::Finish, true},
    {404, "NEW_CODE",                Refused,     Next::Finish, true},
    {418, "NEW_CODE",                Unavailable},
    {502, "NEW_CODE",                Unavailable, Next::Repeat},
});
// clang-format on

std::string error(std::string_view status, std::string_view code, std::string_view message = "m") {
    std::string text = R"({"error":{"code":400,"message":")" + std::string(message) + R"(","status":")" +
                       std::string(status) + "\"";
    if (!code.empty())
        text += R"(,"details":[{"@type":"type.googleapis.com/google.rpc.BadRequest"},)"
                R"({"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":")" +
                std::string(code) + "\"}]";
    return text + "}}";
}

} // namespace

TEST_SUITE_BEGIN("push/fcm_answer");

TEST_CASE("every answer of Google's has its meaning, the error code before the status") {
    // proves: SBC-PUSH-07
    for (const Expected& e : kExpected) {
        CAPTURE(e.status);
        CAPTURE(e.code);
        const auto verdict = judge_fcm(e.status, error("OTHER", e.code), "");
        CHECK(verdict.result.outcome == e.outcome);
        CHECK(verdict.result.reason == e.code);
        CHECK(verdict.next == e.next);
        CHECK(verdict.alarm == e.alarm);
    }
}

TEST_CASE("without an error code the status says what is wrong") {
    const auto unauthenticated = judge_fcm(401, error("UNAUTHENTICATED", ""), "");
    CHECK(unauthenticated.result.outcome == Refused);
    CHECK(unauthenticated.result.reason == "UNAUTHENTICATED");
    CHECK(unauthenticated.next == Next::NewCredential);
    CHECK(judge_fcm(403, error("PERMISSION_DENIED", ""), "").result.outcome == Refused);
    CHECK(judge_fcm(404, error("NOT_FOUND", ""), "").result.outcome == Refused);
}

TEST_CASE("an accepted message has a name") {
    const auto verdict = judge_fcm(200, R"({"name":"projects/p/messages/1"})", "");
    CHECK(verdict.result.outcome == Accepted);
    CHECK(verdict.result.message_id == "projects/p/messages/1");
}

TEST_CASE("INVALID_ARGUMENT kills the token only when the text says that it is the token") {
    // proves: scenario 17
    const auto token = judge_fcm(400,
                                 error("INVALID_ARGUMENT", "INVALID_ARGUMENT",
                                       "The registration token is not a valid FCM registration token"),
                                 "");
    CHECK(token.result.outcome == TokenDead);
    CHECK_FALSE(token.alarm);
    const auto key =
        judge_fcm(400, error("INVALID_ARGUMENT", "INVALID_ARGUMENT", "Invalid data payload key: from"), "");
    CHECK(key.result.outcome == Unavailable);
    CHECK(key.alarm);
}

TEST_CASE("a pause that Google asks for is kept, within reason, and nothing is repeated in it") {
    // proves: scenario 15
    CHECK(judge_fcm(429, "", "30").hold == 30s);
    CHECK(judge_fcm(429, "", "").hold == 60s);
    CHECK(judge_fcm(429, "", "Fri, 31 Dec 1999 23:59:59 GMT").hold == 60s);
    CHECK(judge_fcm(429, "", "4000000000").hold == 3600s);
    CHECK(judge_fcm(503, "", " 7 ").hold == 7s);
    CHECK(judge_fcm(503, "", "7").next == Next::Finish);
    CHECK(judge_fcm(503, "", "").hold == 0s);
    CHECK(judge_fcm(500, "", "7").hold == 0s);
}

TEST_CASE("a body that is no JSON, or other JSON, is an answer of its status") {
    for (const char* body : {"", "<html>", "[]", "{}", R"({"error":5})", R"({"error":{"details":5}})",
                             R"({"error":{"details":[5,null,{}]}})", R"({"error":{"status":[]}})", "\xff"}) {
        CAPTURE(body);
        CHECK(judge_fcm(404, body, "").result.outcome == Refused);
        CHECK(judge_fcm(500, body, "").next == Next::Repeat);
    }
}

TEST_SUITE_END();

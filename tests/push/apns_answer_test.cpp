// SPDX-License-Identifier: Apache-2.0
#include "push/apns_answer.h"

#include <doctest/doctest.h>

#include <array>

using namespace std::chrono_literals;
using namespace wakeline::push;

namespace {

struct Expected {
    int status;
    std::string_view reason;
    WakeOutcome outcome;
    Next next = Next::Finish;
    bool alarm = false;
};

using enum WakeOutcome;

// clang-format off
constexpr auto kExpected = std::to_array<Expected>({
    {200, "",                            Accepted},
    {400, "BadDeviceToken",              TokenDead},
    {400, "DeviceTokenNotForTopic",      TokenDead},
    {400, "IdleTimeout",                 Unavailable, Next::NewConnection},
    {400, "BadCollapseId",               Refused, Next::Finish, true},
    {400, "BadExpirationDate",           Refused, Next::Finish, true},
    {400, "BadMessageId",                Refused, Next::Finish, true},
    {400, "BadPriority",                 Refused, Next::Finish, true},
    {400, "BadTopic",                    Refused, Next::Finish, true},
    {400, "DuplicateHeaders",            Refused, Next::Finish, true},
    {400, "InvalidPushType",             Refused, Next::Finish, true},
    {400, "MissingDeviceToken",          Refused, Next::Finish, true},
    {400, "MissingTopic",                Refused, Next::Finish, true},
    {400, "PayloadEmpty",                Refused, Next::Finish, true},
    {400, "TopicDisallowed",             Refused, Next::Finish, true},
    {403, "ExpiredProviderToken",        Refused, Next::NewCredential, true},
    {403, "InvalidProviderToken",        Refused, Next::Finish, true},
    {403, "MissingProviderToken",        Refused, Next::Finish, true},
    {403, "BadCertificate",              Refused, Next::Finish, true},
    {403, "BadCertificateEnvironment",   Refused, Next::Finish, true},
    {403, "Forbidden",                   Refused, Next::Finish, true},
    {403, "UnrelatedKeyIdInToken",       Refused, Next::Finish, true},
    {403, "BadEnvironmentKeyIdInToken",  Refused, Next::Finish, true},
    {404, "BadPath",                     Refused, Next::Finish, true},
    {405, "MethodNotAllowed",            Refused, Next::Finish, true},
    {410, "Unregistered",                TokenDead},
    {410, "ExpiredToken",                TokenDead},
    {413, "PayloadTooLarge",             Unavailable, Next::Shrink, true},
    {429, "TooManyRequests",             Unavailable},
    {429, "TooManyProviderTokenUpdates", Unavailable, Next::NewConnection, true},
    {500, "InternalServerError",         Unavailable, Next::NewConnection},
    {503, "ServiceUnavailable",          Unavailable, Next::NewConnection},
    {503, "Shutdown",                    Unavailable, Next::NewConnection},
    // Never documented: taken by their class.
    {204, "",                            Accepted},
    {302, "",                            Unavailable},
    {400, "SomethingNew",                Refused, Next::Finish, true},
    {418, "Teapot",                      Unavailable},
    {502, "BadGateway",                  Unavailable, Next::NewConnection},
    {0,   "",                            Unavailable},
});
// clang-format on

} // namespace

TEST_SUITE_BEGIN("push/apns_answer");

TEST_CASE("every answer of Apple's has its meaning; what is our own fault never kills a token") {
    // proves: SBC-PUSH-07
    for (const Expected& e : kExpected) {
        CAPTURE(e.status);
        CAPTURE(e.reason);
        const auto verdict =
            judge_apns(e.status, e.reason.empty() ? "" : R"({"reason":")" + std::string(e.reason) + "\"}");
        CHECK(verdict.result.outcome == e.outcome);
        CHECK(verdict.result.status == e.status);
        CHECK(verdict.result.reason == e.reason);
        CHECK(verdict.next == e.next);
        CHECK(verdict.alarm == e.alarm);
        if (e.alarm) CHECK(verdict.result.outcome != TokenDead);
    }
}

TEST_CASE("a device that gets too many pushes gets a pause") {
    CHECK(judge_apns(429, R"({"reason":"TooManyRequests"})").hold == 10s);
    CHECK(judge_apns(503, R"({"reason":"Shutdown"})").hold == 0s);
}

TEST_CASE("the time of death comes in milliseconds, and an absurd one is none") {
    // proves: scenario 7
    const auto since = [](const char* body) {
        return judge_apns(410, body).result.dead_since.time_since_epoch();
    };
    CHECK(since(R"({"reason":"Unregistered","timestamp":1767225600123})") == 1'767'225'600'123ms);
    CHECK(since(R"({"reason":"Unregistered","timestamp":99999999999999999})") == 0ms);
    CHECK(since(R"({"reason":"Unregistered","timestamp":-5})") == 0ms);
    CHECK(since(R"({"reason":"Unregistered","timestamp":"1767225600123"})") == 0ms);
    CHECK(since(R"({"reason":"Unregistered"})") == 0ms);
}

TEST_CASE("a body that is no JSON, or other JSON, is an answer of its status") {
    for (const char* body : {"", "<html>", "[]", "1", "null", R"({"reason":5})", R"({"reason":null})",
                             "{\"reason\":\"", "\xff\xfe", R"({"Reason":"Unregistered"})"}) {
        CAPTURE(body);
        const auto verdict = judge_apns(403, body);
        CHECK(verdict.result.outcome == Refused);
        CHECK(verdict.result.reason.empty());
    }
    CHECK(judge_apns(400, R"({"reason":")" + std::string(5'000, 'x') + "\"}").result.reason.size() == 64);
}

TEST_SUITE_END();

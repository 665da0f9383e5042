// SPDX-License-Identifier: Apache-2.0
#include "push/fcm_token.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "fakes/fake_http.h"
#include "fakes/fake_timers.h"
#include "push/keys.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::push;
using nlohmann::json;

namespace {

struct Fixture {
    test::FakeTimers timers;
    test::FakeHttp http;
    int minted = 0;
    std::vector<WakeResult> failures;
    FcmToken token{timers,
                   http,
                   ServiceAccount{"p", "a@p", "k1", Secret("unused"), "https://oauth2.googleapis.com/token"},
                   *SigningKey::parse(test::pem_of(test::rsa_key()), SigningKey::Algorithm::Rs256),
                   {.minted = [this] { ++minted; },
                    .failed = [this](const WakeResult& why) { failures.push_back(why); }}};

    void give(const std::string& text, int life = 3600) {
        http.answer(http.last().id, 200,
                    json{{"access_token", text}, {"token_type", "Bearer"}, {"expires_in", life}}.dump());
    }
};

} // namespace

TEST_SUITE_BEGIN("push/fcm_token");

TEST_CASE_FIXTURE(Fixture, "the token is asked for with a signed assertion of RFC 7523") {
    CHECK_FALSE(token.current());
    REQUIRE(http.asked.size() == 1);
    const auto& request = http.asked[0].request;
    CHECK(request.path == "/token");
    CHECK(http.asked[0].header("content-type") == "application/x-www-form-urlencoded");
    constexpr std::string_view start =
        "grant_type=urn%3aietf%3aparams%3aoauth%3agrant-type%3ajwt-bearer&assertion=";
    REQUIRE(istarts_with(request.body, start));
    const test::Jwt jwt(request.body.substr(start.size()));
    CHECK(json::parse(jwt.header) == json{{"alg", "RS256"}, {"typ", "JWT"}, {"kid", "k1"}});
    CHECK(json::parse(jwt.claims) == json{{"iss", "a@p"},
                                          {"scope", "https://www.googleapis.com/auth/firebase.messaging"},
                                          {"aud", "https://oauth2.googleapis.com/token"},
                                          {"iat", 1'767'225'600},
                                          {"exp", 1'767'229'200}});
    CHECK(test::verifies(test::rsa_key(), jwt.signed_part, jwt.signature));
}

TEST_CASE_FIXTURE(Fixture, "many askers share one request") {
    for (int i = 0; i < 100; ++i)
        CHECK_FALSE(token.current());
    CHECK(http.asked.size() == 1);
    give("t1");
    CHECK(minted == 1);
    REQUIRE(token.current());
    CHECK(token.current()->text == "t1");
}

TEST_CASE_FIXTURE(Fixture,
                  "it is renewed in the background five minutes early, the old one serving meanwhile") {
    token.current();
    give("t1");
    timers.advance(55min - 1s);
    CHECK(http.asked.size() == 1);
    timers.advance(1s);
    REQUIRE(http.asked.size() == 2);
    CHECK(token.current()->text == "t1");
    give("t2");
    CHECK(token.current()->text == "t2");
}

TEST_CASE_FIXTURE(Fixture, "while the token endpoint is down the old token serves to its end") {
    // proves: scenario 14
    token.current();
    give("t1");
    timers.advance(55min);
    for (int minute = 0; minute < 4; ++minute) {
        http.fail(http.last().id, "connection refused");
        CHECK(token.current()->text == "t1");
        timers.advance(1min);
    }
    CHECK(http.asked.size() == 6); // at the start, at 55 minutes, then once a minute
    timers.advance(1min);
    CHECK_FALSE(token.current());
    CHECK(failures.size() == 4);
    CHECK(failures[0].outcome == WakeOutcome::Unavailable);
    CHECK(failures[0].reason == "no access token: connection refused");
}

TEST_CASE_FIXTURE(Fixture, "a refused token is used no more, a later one is not touched") {
    token.current();
    give("t1");
    const auto first = token.current()->generation;
    token.replace(first);
    CHECK_FALSE(token.current());
    give("t2");
    token.replace(first);
    CHECK(token.current()->text == "t2");
}

TEST_CASE("what the token endpoint may answer") {
    CHECK(judge_token(200, R"({"access_token":"a","expires_in":100})").token == "a");
    CHECK(judge_token(200, R"({"access_token":"a","expires_in":100})").life == 100s);
    CHECK(judge_token(200, R"({"access_token":"a"})").life == 3600s);
    CHECK(judge_token(200, R"({"access_token":"a","expires_in":99999999999})").life == 86400s);
    CHECK(judge_token(200, R"({"access_token":"a","expires_in":-1})").life == 3600s);
    for (const char* body :
         {"", "[]", "null", "{}", R"({"access_token":5})", R"({"access_token":"a\r\nb"})"}) {
        CAPTURE(body);
        CHECK(judge_token(200, body).token.empty());
        CHECK(judge_token(200, body).failure.outcome == WakeOutcome::Unavailable);
    }
    const auto revoked = judge_token(400, R"({"error":"invalid_grant"})");
    CHECK(revoked.failure.outcome == WakeOutcome::Refused);
    CHECK(revoked.failure.reason == "no access token: invalid_grant");
    CHECK(judge_token(401, "").failure.outcome == WakeOutcome::Refused);
    CHECK(judge_token(429, "").failure.outcome == WakeOutcome::Unavailable);
    CHECK(judge_token(500, "").failure.outcome == WakeOutcome::Unavailable);
}

TEST_SUITE_END();

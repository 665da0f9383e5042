// SPDX-License-Identifier: Apache-2.0
#include "push/fcm.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

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
    test::FakeHttp* http = nullptr;
    test::FakeHttp* tokens = nullptr;
    NullSink sink;
    Log log{sink};
    Metrics metrics;
    ProviderMetrics numbers{metrics, Provider::Fcm};
    std::unique_ptr<Fcm> app;
    std::vector<WakeResult> results;

    Fixture() {
        auto client = std::make_unique<test::FakeHttp>(), token_client = std::make_unique<test::FakeHttp>();
        http = client.get();
        tokens = token_client.get();
        auto key = SigningKey::parse(test::pem_of(test::rsa_key()), SigningKey::Algorithm::Rs256);
        app = std::make_unique<Fcm>(
            Fcm::Parts{timers, log, numbers, std::move(client), std::move(token_client),
                       ServiceAccount{"proj", "a@proj", "k1", Secret("unused"), "https://t.example/token"},
                       std::move(*key)},
            "android", AppConfig{});
        http->now.connections = 0;
        timers.advance(0s);
    }

    void mint(const std::string& text) {
        tokens->answer(tokens->last().id, 200, json{{"access_token", text}, {"expires_in", 3600}}.dump());
    }
    /// Token minted, probe answered as FCM answers it.
    void ready() {
        mint("t1");
        http->now.connections = 1;
        answer(400, "INVALID_ARGUMENT");
    }
    void wake() {
        WakeRequest request;
        request.call = "c1";
        request.deadline = timers.wall_now() + 15s;
        app->wake(++last_wake, {"fcm", "proj", Secret("dev:1")}, request, {},
                  [this](const WakeResult& result) { results.push_back(result); });
    }
    void answer(int status, const std::string& code, std::map<std::string, std::string> headers = {}) {
        http->answer(http->last().id, status, json{{"error", {{"status", code}, {"message", "m"}}}}.dump(),
                     std::move(headers));
    }
    WakeId last_wake = 0;
};

} // namespace

TEST_SUITE_BEGIN("push/fcm");

TEST_CASE_FIXTURE(Fixture,
                  "the access token is fetched at the start, then a message that nobody gets opens the way") {
    CHECK(tokens->asked.size() == 1);
    CHECK(http->asked.empty());
    mint("t1");
    REQUIRE(http->asked.size() == 1);
    CHECK(json::parse(http->last().request.body)["validateOnly"] == true);
    http->now.connections = 1;
    answer(400, "INVALID_ARGUMENT");
    CHECK(app->status().ready);
    CHECK(app->status().problem.empty());
}

TEST_CASE_FIXTURE(Fixture, "a wake is a message to the project with the access token") {
    ready();
    wake();
    CHECK(http->last().request.path == "/v1/projects/proj/messages:send");
    CHECK(http->last().header("authorization") == "Bearer t1");
    CHECK(json::parse(http->last().request.body)["message"]["token"] == "dev:1");
    http->answer(http->last().id, 200, R"({"name":"projects/proj/messages/5"})");
    REQUIRE(results.size() == 1);
    CHECK(results[0].message_id == "projects/proj/messages/5");
}

TEST_CASE_FIXTURE(Fixture, "wakes before the first token wait for it") {
    wake();
    wake();
    CHECK(tokens->asked.size() == 1);
    mint("t1");
    CHECK(http->asked.size() == 3); // the probe and two messages
}

TEST_CASE_FIXTURE(Fixture,
                  "an access token that expired early is replaced once for a burst, each wake retried once") {
    // proves: scenario 14
    ready();
    for (int i = 0; i < 20; ++i)
        wake();
    for (const auto id : http->open_ids())
        http->answer(id, 401, R"({"error":{"status":"UNAUTHENTICATED"}})");
    CHECK(tokens->asked.size() == 2);
    CHECK(results.empty());
    mint("t2");
    CHECK(http->open_count() == 20);
    CHECK(http->last().header("authorization") == "Bearer t2");
    for (const auto id : http->open_ids())
        http->answer(id, 401, R"({"error":{"status":"UNAUTHENTICATED"}})");
    CHECK(results.size() == 20);
    CHECK(results[0].outcome == WakeOutcome::Refused);
    CHECK(tokens->asked.size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "a key that Google refuses fails the waiting wakes at once and names what to do") {
    wake();
    tokens->answer(tokens->last().id, 400, R"({"error":"invalid_grant"})");
    REQUIRE(results.size() == 1);
    CHECK(results[0].outcome == WakeOutcome::Refused);
    CHECK(app->status().problem == "no access token: invalid_grant");
}

TEST_CASE_FIXTURE(Fixture,
                  "within a pause that Google asked for the project is left alone, afterwards it is not") {
    // proves: scenario 15
    ready();
    wake();
    answer(429, "QUOTA_EXCEEDED", {{"retry-after", "30"}});
    const auto asked = http->asked.size();
    wake();
    timers.advance(0s);
    CHECK(results.size() == 2);
    CHECK(results[1].outcome == WakeOutcome::Unavailable);
    CHECK(http->asked.size() == asked);
    timers.advance(30s);
    wake();
    CHECK(http->asked.size() == asked + 1);
}

TEST_CASE_FIXTURE(Fixture,
                  "an app that was removed from the phone is a dead token; a bad message of ours is not") {
    // proves: scenarios 16 and 17
    ready();
    wake();
    answer(404, "UNREGISTERED");
    wake();
    answer(400, "INVALID_ARGUMENT");
    REQUIRE(results.size() == 2);
    CHECK(results[0].outcome == WakeOutcome::TokenDead);
    CHECK(results[1].outcome == WakeOutcome::Unavailable);
    CHECK(app->status().problem == "INVALID_ARGUMENT");
}

TEST_CASE_FIXTURE(Fixture, "an app serves the devices of its project, by name or by number") {
    const auto serves = [this](std::string param, std::string token) {
        return app->serves({"fcm", std::move(param), Secret(std::move(token))}, WakeKind::Call);
    };
    CHECK(serves("proj", "a:b"));
    CHECK(serves("123456789", "a:b"));
    CHECK_FALSE(serves("other", "a:b"));
    CHECK_FALSE(serves("proj", ""));
    CHECK_FALSE(serves("proj", "a\r\nb"));
    CHECK_FALSE(serves("proj", std::string(5'000, 'a')));
}

TEST_CASE("Google is reached on port 443; 5228 to 5230 are the phones' own ports") {
    // proves: SBC-FCM-03
    CHECK(Fcm::endpoint({}) == "https://fcm.googleapis.com");
}

TEST_SUITE_END();

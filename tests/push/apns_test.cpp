// SPDX-License-Identifier: Apache-2.0
#include "push/apns.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "fakes/fake_http.h"
#include "fakes/fake_timers.h"
#include "push/apns_teams.h"
#include "push/keys.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::push;

namespace {

struct LineSink final : Log::Sink {
    std::vector<std::string> lines;
    void write(Severity, std::string_view line) override { lines.emplace_back(line); }
};

AppConfig config() {
    AppConfig app;
    app.key_id = "ABC123DEFG";
    app.team_id = "TEAM123456";
    app.bundle_id = "com.example.phone";
    return app;
}

struct Fixture {
    test::FakeTimers timers;
    test::FakeHttp* http = nullptr;
    LineSink sink;
    Log log{sink, LogLevel::Max};
    Metrics metrics;
    ProviderMetrics numbers{metrics, Provider::Apns};
    std::unique_ptr<ApnsToken> provider_token;
    std::unique_ptr<ApnsTeam> team;
    std::unique_ptr<Apns> app;
    std::vector<WakeResult> results;

    Fixture() {
        auto client = std::make_unique<test::FakeHttp>();
        http = client.get();
        auto key =
            SigningKey::parse(test::pem_of(test::make_ec("P-256").get()), SigningKey::Algorithm::Es256);
        provider_token =
            std::make_unique<ApnsToken>(timers, std::move(*key), config().key_id, config().team_id);
        team = std::make_unique<ApnsTeam>(timers, std::move(client), provider_token.get(), net::Credential{});
        app = std::make_unique<Apns>(Apns::Parts{timers, log, numbers, *team}, "ios", config());
        timers.advance(0s); // the probe
        answer(400, "BadDeviceToken");
    }

    http::Client::RequestId wake(std::string token = "00ff") {
        WakeRequest request;
        request.call = "c1";
        request.deadline = timers.wall_now() + 15s;
        app->wake(http->asked.size(), {"apns", "TEAM123456.com.example.phone.voip", Secret(std::move(token))},
                  request, {}, [this](const WakeResult& result) { results.push_back(result); });
        return http->last().id;
    }
    void answer(int status, const std::string& reason) {
        http->answer(http->last().id, status, nlohmann::json{{"reason", reason}}.dump());
    }
};

} // namespace

TEST_SUITE_BEGIN("push/apns");

TEST_CASE_FIXTURE(Fixture,
                  "a push is a VoIP push: topic, type, priority, expiration at the deadline, collapse id") {
    // proves: SBC-APNS-08
    wake("aa:remote&00ff:voip");
    const auto& push = http->last();
    CHECK(push.request.path == "/3/device/00ff");
    CHECK(push.header("apns-topic") == "com.example.phone.voip");
    CHECK(push.header("apns-push-type") == "voip");
    CHECK(push.header("apns-priority") == "10");
    CHECK(push.header("apns-expiration") == "1767225615");
    CHECK(push.header("apns-collapse-id").size() == 32);
    CHECK(push.header("apns-id").size() == 36);
    CHECK(push.header("authorization").starts_with("bearer ey"));
    const std::string collapse = push.header("apns-collapse-id"), id = push.header("apns-id");
    wake();
    CHECK(http->last().header("apns-collapse-id") == collapse);
    CHECK(http->last().header("apns-id") != id);
}

TEST_CASE_FIXTURE(Fixture, "what is no call is no VoIP push, and goes to the token for alerts") {
    // proves: scenario 19
    const Device dual{"apns", "TEAM123456.com.example.phone.remote&voip", Secret("aa:remote&00ff:voip")};
    const Device calls_only{"apns", "TEAM123456.com.example.phone.voip", Secret("00ff")};
    for (const WakeKind kind : {WakeKind::Message, WakeKind::CallEnded, WakeKind::Request}) {
        CHECK(app->serves(dual, kind));
        CHECK_FALSE(app->serves(calls_only, kind));
        WakeRequest request;
        request.deadline = timers.wall_now() + 15s;
        request.kind = kind;
        app->wake(100 + static_cast<WakeId>(kind), dual, request, {}, [](const WakeResult&) {});
        CHECK(http->last().request.path == "/3/device/aa");
        CHECK(http->last().header("apns-topic") == "com.example.phone");
    }
    CHECK(http->last().header("apns-push-type") == "background");
    CHECK(http->last().header("apns-priority") == "5");
    const auto& message = http->asked[http->asked.size() - 3];
    CHECK(message.header("apns-push-type") == "alert");
    CHECK(message.header("apns-priority") == "10");
}

TEST_CASE_FIXTURE(Fixture,
                  "the connection is opened with a push that no device gets, and says if our key is good") {
    CHECK(http->asked[0].request.path == "/3/device/" + std::string(64, '0'));
    CHECK(app->status().problem.empty());
    http->now.connections = 0;
    http->events.lost();
    timers.advance(1s);
    answer(403, "InvalidProviderToken");
    CHECK(app->status().problem == "InvalidProviderToken");
    CHECK(sink.lines.back().find("check key, key_id and team_id") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "an expired provider token is replaced for the push that met it") {
    // proves: scenario 9
    wake();
    const std::string first = http->last().header("authorization"), id = http->last().header("apns-id");
    timers.advance(1s);
    answer(403, "ExpiredProviderToken");
    CHECK(results.size() == 1); // a second old: Apple allows no other yet
    CHECK(results[0].outcome == WakeOutcome::Refused);
    timers.advance(21min);
    wake();
    answer(403, "ExpiredProviderToken");
    CHECK(http->last().header("authorization") != first);
    answer(200, "");
    CHECK(results.back().outcome == WakeOutcome::Accepted);
}

TEST_CASE_FIXTURE(Fixture,
                  "a refusal that is our fault keeps the token and is logged once for a burst of calls") {
    for (int i = 0; i < 50; ++i) {
        wake("00f" + std::to_string(i % 10));
        answer(403, "InvalidProviderToken");
    }
    CHECK(results.size() == 50);
    CHECK(std::ranges::all_of(results, [](const auto& r) { return r.outcome == WakeOutcome::Refused; }));
    CHECK(std::ranges::count_if(sink.lines, [](const auto& l) { return l.starts_with("Apple refuses"); }) ==
          1);
    CHECK(app->status().refused == 50);
    wake();
    answer(200, "");
    CHECK(app->status().problem.empty());
}

TEST_CASE_FIXTURE(
    Fixture, "after too many token updates another connection carries the same token, and none is made") {
    // proves: scenario 10
    wake();
    const std::string token = http->last().header("authorization");
    http->epoch = 7;
    answer(429, "TooManyProviderTokenUpdates");
    CHECK(http->last().request.avoid == 7);
    CHECK(http->last().header("authorization") == token);
    answer(200, "");
    CHECK(results[0].outcome == WakeOutcome::Accepted);
}

TEST_CASE_FIXTURE(Fixture, "a key that Apple refuses fails all held calls of the app at once") {
    for (int i = 0; i < 20; ++i)
        wake();
    answer(403, "InvalidProviderToken");
    CHECK(results.size() == 20);
    CHECK(http->open_count() == 0);
}

TEST_CASE_FIXTURE(Fixture, "a device that got too many pushes is left alone, others are not") {
    wake("00aa");
    answer(429, "TooManyRequests");
    const auto asked = http->asked.size();
    wake("00aa");
    timers.advance(0s);
    CHECK(http->asked.size() == asked);
    REQUIRE(results.size() == 2);
    CHECK(results[1].outcome == WakeOutcome::Unavailable);
    wake("00bb");
    CHECK(http->asked.size() == asked + 1);
}

TEST_CASE_FIXTURE(Fixture, "a dead token is told with the time that Apple names") {
    const auto id = wake();
    http->answer(id, 410, R"({"reason":"Unregistered","timestamp":1767225500000})", {{"apns-id", "x-1"}});
    REQUIRE(results.size() == 1);
    CHECK(results[0].outcome == WakeOutcome::TokenDead);
    CHECK(results[0].dead_since.time_since_epoch() == 1'767'225'500s);
    CHECK(results[0].message_id == "x-1");
}

TEST_CASE_FIXTURE(Fixture, "neither the device's token nor ours is ever logged") {
    wake("00ddccbbaa");
    const std::string bearer = http->last().header("authorization").substr(7);
    answer(410, "Unregistered");
    wake("00ddccbbaa");
    answer(403, "InvalidProviderToken");
    REQUIRE_FALSE(sink.lines.empty());
    for (const auto& line : sink.lines) {
        CHECK(line.find("00ddccbbaa") == std::string::npos);
        CHECK(line.find(bearer) == std::string::npos);
    }
}

TEST_CASE_FIXTURE(Fixture, "an app serves the devices of its team and bundle") {
    const auto serves = [this](std::string provider, std::string param) {
        return app->serves({std::move(provider), std::move(param), Secret("00")}, WakeKind::Call);
    };
    CHECK(serves("apns", "TEAM123456.com.example.phone.voip"));
    CHECK(serves("apns", "TEAM123456.com.example.phone"));
    CHECK(serves("apns", ".com.example.phone.voip")); // Linphone of before RFC 8599 tells no team
    CHECK_FALSE(serves("apns", "TEAM123457.com.example.phone.voip"));
    CHECK_FALSE(serves("apns", "TEAM123456.com.example.phone2.voip"));
    CHECK_FALSE(serves("apns.dev", "TEAM123456.com.example.phone.voip"));
    CHECK_FALSE(serves("fcm", "TEAM123456.com.example.phone.voip"));
}

TEST_CASE_FIXTURE(Fixture, "apps of a team share its connection and its token") {
    auto other_config = config();
    other_config.bundle_id = "com.example.tablet";
    Apns other(Apns::Parts{timers, log, numbers, *team}, "tablet", other_config);
    wake();
    const std::string authorization = http->last().header("authorization");
    WakeRequest request;
    request.deadline = timers.wall_now() + 15s;
    other.wake(1, {"apns", "TEAM123456.com.example.tablet.voip", Secret("00ee")}, request, {},
               [](const WakeResult&) {});
    CHECK(http->last().header("authorization") == authorization);
    CHECK(http->last().header("apns-topic") == "com.example.tablet.voip");
    const auto probes = std::ranges::count_if(http->asked, [](const auto& asked) {
        return asked.request.path == "/3/device/" + std::string(64, '0');
    });
    CHECK(probes == 1);
}

TEST_CASE_FIXTURE(Fixture, "an app that goes takes its requests with it, and the team stays for the others") {
    Apns other(Apns::Parts{timers, log, numbers, *team}, "tablet", config());
    wake();
    app->check([](const WakeResult&) {});
    CHECK(http->open_count() == 2);
    app.reset();
    CHECK(http->open_count() == 0);
    http->now.connections = 0;
    http->events.lost();
    timers.advance(1s);
    CHECK(http->open_count() == 1); // the other one's probe
    answer(400, "BadDeviceToken");
}

TEST_CASE("the endpoint is Apple's for the environment, or the one that was set") {
    // proves: SBC-APNS-03 SBC-APNS-04
    auto app = config();
    CHECK(ApnsTeams::endpoint(app) == "https://api.push.apple.com");
    app.sandbox = true;
    CHECK(ApnsTeams::endpoint(app) == "https://api.sandbox.push.apple.com");
    app.port = 2197;
    CHECK(ApnsTeams::endpoint(app) == "https://api.sandbox.push.apple.com:2197");
    app.endpoint = "https://127.0.0.1:8443";
    CHECK(ApnsTeams::endpoint(app) == "https://127.0.0.1:8443");
    app.endpoint.clear();
    app.sandbox = false;
    app.port = 2195;
    CHECK(ApnsTeams::endpoint(app) == "https://api.push.apple.com"); // proves: SBC-APNS-05
    app.endpoint = "https://gateway.push.apple.com:2195";
    CHECK(ApnsTeams::endpoint(app) == "https://gateway.push.apple.com");
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include "push/webhook.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "fakes/fake_http.h"
#include "fakes/fake_timers.h"
#include "push/signature.h"
#include "push/webhook_answer.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::push;

namespace {

struct Fixture {
    test::FakeTimers timers;
    test::FakeHttp* http = nullptr;
    NullSink sink;
    Log log{sink};
    Metrics metrics;
    ProviderMetrics numbers{metrics, Provider::Webhook};
    std::unique_ptr<Webhook> app;
    std::vector<WakeResult> results;
    WakeId last_id = 0;

    Fixture() {
        AppConfig config;
        config.provider = Provider::Webhook;
        config.pn_provider = "acme";
        config.url = "https://push.example.com:8443/v2/wake?site=7";
        auto client = std::make_unique<test::FakeHttp>();
        http = client.get();
        app = std::make_unique<Webhook>(
            Webhook::Parts{timers, log, numbers, std::move(client), Secret("s3cret")}, "desktop", config);
    }

    http::Client::RequestId wake(net::Duration patience = 15s) {
        WakeRequest request;
        request.call = "c1";
        request.deadline = timers.wall_now() + std::chrono::duration_cast<std::chrono::seconds>(patience);
        app->wake(++last_id, {"acme", "app-7", Secret("tok")}, request, {},
                  [this](const WakeResult& result) { results.push_back(result); });
        return http->asked.empty() ? 0 : http->last().id;
    }
};

} // namespace

TEST_SUITE_BEGIN("push/webhook");

TEST_CASE("the signature is the HMAC-SHA256 of time stamp, dot and body") {
    // printf '1767225600.{"a":1}' | openssl dgst -sha256 -hmac key
    CHECK(sign_webhook(Secret("key"), "1767225600", R"({"a":1})") ==
          "sha256=80f7b75f8618b9b24d72673996a625f1a43f7387a26b6739d667431724fe4d23");
}

TEST_CASE_FIXTURE(Fixture,
                  "a wake is a POST to the path, signed, with an id that stays the same in every try") {
    wake();
    const auto first = http->last();
    CHECK(first.request.method == "POST");
    CHECK(first.request.path == "/v2/wake?site=7");
    CHECK(first.header("wakeline-timestamp") == "1767225600");
    CHECK(first.header("wakeline-signature") ==
          sign_webhook(Secret("s3cret"), "1767225600", first.request.body));
    CHECK(nlohmann::json::parse(first.request.body)["id"] == first.header("wakeline-id"));
    http->answer(first.id, 500);
    timers.advance(1s);
    CHECK(http->last().id != first.id);
    CHECK(http->last().header("wakeline-id") == first.header("wakeline-id"));
    CHECK(http->last().header("wakeline-timestamp") == "1767225601");
    http->answer(http->last().id, 202);
    REQUIRE(results.size() == 1);
    CHECK(results[0].outcome == WakeOutcome::Accepted);
}

TEST_CASE_FIXTURE(Fixture, "a pause that is asked for is waited out where the call allows it, by all wakes") {
    http->answer(wake(), 429, {}, {{"retry-after", "3"}});
    const auto asked = http->asked.size();
    wake();
    wake(2s);
    timers.advance(0s);
    CHECK(http->asked.size() == asked);
    REQUIRE(results.size() == 1); // the one that cannot wait
    CHECK(results[0].outcome == WakeOutcome::Unavailable);
    CHECK(results[0].reason == "the service asked for a pause");
    timers.advance(3s);
    CHECK(http->asked.size() == asked + 2);
    for (const auto id : http->open_ids())
        http->answer(id, 200);
    CHECK(results.size() == 3);
}

TEST_CASE_FIXTURE(Fixture, "a pause longer than the call fails it at once") {
    http->answer(wake(), 503, {}, {{"retry-after", "30"}});
    REQUIRE(results.size() == 1);
    CHECK(results[0].outcome == WakeOutcome::Unavailable);
    CHECK(results[0].reason == "HTTP 503");
}

TEST_CASE_FIXTURE(Fixture, "a signature that is refused fails all wakes under way and is our fault") {
    wake();
    const auto second = wake();
    http->answer(second, 403);
    CHECK(results.size() == 2);
    CHECK(results[0].outcome == WakeOutcome::Refused);
    const AppStatus status = app->status();
    CHECK(status.credential.name == "push.apps.desktop.secret_file");
    CHECK(status.credential.problem.find("compare secret_file") != std::string::npos);
    CHECK(status.endpoint == "https://push.example.com:8443");
    http->answer(wake(), 200);
    CHECK(app->status().credential.problem.empty());
}

TEST_CASE_FIXTURE(Fixture, "a webhook serves the devices of its pn-provider") {
    CHECK(app->serves({"acme", "any", Secret("t")}, WakeKind::Message));
    CHECK_FALSE(app->serves({"apns", "any", Secret("t")}, WakeKind::Call));
    CHECK_FALSE(app->serves({"acme", "any", Secret()}, WakeKind::Call));
}

TEST_CASE("every status has its meaning") {
    const auto outcome = [](int status) { return judge_webhook(status, "").result.outcome; };
    for (const int good : {200, 201, 202, 204, 299})
        CHECK(outcome(good) == WakeOutcome::Accepted);
    CHECK(outcome(410) == WakeOutcome::TokenDead);
    for (const int later : {408, 429, 500, 502, 503, 504}) {
        CHECK(outcome(later) == WakeOutcome::Unavailable);
        CHECK(judge_webhook(later, "").next == Next::RepeatLater);
        CHECK_FALSE(judge_webhook(later, "").alarm);
    }
    for (const int ours : {301, 400, 401, 403, 404, 405, 415, 422}) {
        CHECK(outcome(ours) == WakeOutcome::Refused);
        CHECK(judge_webhook(ours, "").alarm);
    }
    CHECK(judge_webhook(413, "").next == Next::Shrink);
    CHECK(judge_webhook(503, "7").hold == 7s);
    CHECK(judge_webhook(503, "99999999").hold == 1h);
    CHECK(judge_webhook(503, "Fri, 31 Dec 1999 23:59:59 GMT").hold == 1s);
    CHECK(judge_webhook(503, "-1").hold == 1s);
}

TEST_SUITE_END();

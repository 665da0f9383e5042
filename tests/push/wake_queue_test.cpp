// SPDX-License-Identifier: Apache-2.0
#include "push/wake_queue.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "fakes/fake_http.h"
#include "fakes/fake_timers.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::push;

namespace {

/// A push service whose every opinion the test sets.
struct FakeService final : Service {
    bool has_credential = true, can_renew = true;
    std::optional<WakeResult> refusal;
    std::uint64_t credential = 1;
    int renewals = 0;
    std::vector<WakeResult> alarms;

    std::optional<WakeResult> refuses(const Push&) const override { return refusal; }
    bool authorized() override { return has_credential; }
    http::Request request(Push& push) override {
        push.credential = credential;
        http::Request request;
        request.body = push.message_id + (push.name == NamePart::None ? " short" : "");
        return request;
    }
    Verdict judge(const Push&, const http::Response& response) override {
        Verdict verdict;
        verdict.result.status = response.status;
        verdict.result.reason = response.error;
        switch (response.status) {
        case 200: verdict.result.outcome = WakeOutcome::Accepted; break;
        case 401:
            verdict.next = Next::NewCredential;
            verdict.alarm = true;
            break;
        case 410: verdict.result.outcome = WakeOutcome::TokenDead; break;
        case 413: verdict.next = Next::Shrink; break;
        case 500: verdict.next = Next::Repeat; break;
        case 503: verdict.next = Next::NewConnection; break;
        default: break;
        }
        return verdict;
    }
    bool renew_credential(const Push& push) override {
        if (push.credential == credential && can_renew) {
            ++credential;
            ++renewals;
        }
        return push.credential != credential;
    }
    void alarm(const WakeResult& result) override { alarms.push_back(result); }
};

struct Fixture {
    test::FakeTimers timers;
    test::FakeHttp http;
    FakeService service;
    Metrics metrics;
    ProviderMetrics numbers{metrics, Provider::Apns};
    NullSink sink;
    Log log{sink};
    WakeQueue queue{timers, http, service, numbers, log};
    int sent = 0;
    std::vector<WakeResult> results;

    void wake(WakeId id, net::Duration time = 15s) {
        WakeRequest request;
        request.call = "c1";
        request.deadline = timers.wall_now() + std::chrono::duration_cast<net::WallTime::duration>(time);
        queue.wake(
            id, {"apns", "p", Secret("00")}, request, [this] { ++sent; },
            [this](const WakeResult& result) { results.push_back(result); });
    }
};

} // namespace

TEST_SUITE_BEGIN("push/wake_queue");

TEST_CASE_FIXTURE(Fixture, "a wake is written, accepted, and told once each") {
    wake(1);
    REQUIRE(http.asked.size() == 1);
    CHECK(sent == 0);
    http.written(1);
    CHECK(sent == 1);
    http.answer(1, 200);
    REQUIRE(results.size() == 1);
    CHECK(results[0].outcome == WakeOutcome::Accepted);
    CHECK_FALSE(results[0].message_id.empty());
    CHECK(queue.size() == 0);
    CHECK(timers.pending() == 0);
    CHECK(numbers.accepted.value() == 1);
    CHECK(numbers.written.value() == 1);
    CHECK(queue.tally().accepted == 1);
}

TEST_CASE_FIXTURE(Fixture, "a cancelled wake is heard of no more, and its request is cancelled") {
    wake(1);
    wake(2);
    queue.cancel(1);
    CHECK(http.cancelled == std::vector<http::Client::RequestId>{1});
    http.answer(2, 200);
    queue.cancel(2);
    timers.advance(60s);
    CHECK(results.size() == 1);
    CHECK(http.cancelled.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a wake may be cancelled by what it tells") {
    WakeRequest request;
    request.deadline = timers.wall_now() + 10s;
    queue.wake(
        1, {}, request, [this] { queue.cancel(1); }, [this](const WakeResult& r) { results.push_back(r); });
    http.written(1);
    CHECK(queue.size() == 0);
    CHECK(http.open_count() == 0);
    timers.advance(60s);
    CHECK(results.empty());
}

TEST_CASE_FIXTURE(Fixture,
                  "without an answer it is tried again with the same id, and told as written only once") {
    // proves: scenario 11
    wake(1);
    http.written(1);
    http.fail(1, "reset");
    CHECK(http.asked.size() == 1); // a pause: the same at once would fare no better
    timers.advance(200ms);
    REQUIRE(http.asked.size() == 2);
    CHECK(http.asked[1].request.body == http.asked[0].request.body);
    http.written(2);
    http.answer(2, 200);
    CHECK(sent == 1);
    CHECK(results.size() == 1);
    CHECK(numbers.repeated.value() == 1);
}

TEST_CASE_FIXTURE(Fixture, "after a time-out the next try comes at once") {
    // proves: scenario 12
    wake(1);
    CHECK(http.asked[0].request.timeout == 2s);
    http.fail(1, "no answer", true);
    CHECK(http.asked.size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "a service that is gone is given up after four tries, well before the hold ends") {
    wake(1);
    for (http::Client::RequestId id = 1; id <= 4; ++id) {
        CHECK(results.empty());
        http.fail(id, "connection refused");
        timers.advance(1s);
    }
    REQUIRE(results.size() == 1);
    CHECK(results[0].outcome == WakeOutcome::Unavailable);
    CHECK(results[0].reason == "connection refused");
    CHECK(http.asked.size() == 4);
}

TEST_CASE_FIXTURE(Fixture, "nothing is tried beyond the call's deadline") {
    // proves: SBC-PUSH-10
    wake(1, 3s);
    timers.advance(2s);
    http.fail(1, "no answer", true);
    REQUIRE(http.asked.size() == 2);
    CHECK(http.asked[1].request.timeout == 1s);
    timers.advance(1s);
    REQUIRE(results.size() == 1);
    CHECK(results[0].outcome == WakeOutcome::Unavailable);
    CHECK(results[0].reason == "no answer before the call's deadline");
    CHECK(http.open_count() == 0);
}

TEST_CASE_FIXTURE(Fixture, "a deadline that has passed is told, but never inside the call") {
    wake(1, -5s);
    CHECK(results.empty());
    CHECK(http.asked.empty());
    timers.advance(0s);
    REQUIRE(results.size() == 1);
    CHECK(results[0].reason == "no time left");
}

TEST_CASE_FIXTURE(Fixture, "a deadline far away does not keep a wake for ever") {
    wake(1, 24h);
    for (int i = 0; i < 70; ++i) {
        timers.advance(1s);
    }
    CHECK(results.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "each kind of repetition is tried once") {
    wake(1);
    http.answer(1, 503);
    http.answer(2, 413);
    http.answer(3, 500);
    CHECK(http.asked[1].request.avoid == http.epoch);
    CHECK(http.asked[2].request.body.ends_with(" short"));
    http.answer(4, 503);
    REQUIRE(results.size() == 1);
    CHECK(results[0].status == 503);
    CHECK(http.asked.size() == 4);
}

TEST_CASE_FIXTURE(Fixture, "a refused credential in a burst is renewed once, and every wake retried once") {
    // proves: scenario 9
    for (WakeId id = 1; id <= 100; ++id)
        wake(id);
    for (http::Client::RequestId id = 1; id <= 100; ++id)
        http.answer(id, 401);
    CHECK(service.renewals == 1);
    CHECK(http.asked.size() == 200);
    for (http::Client::RequestId id = 101; id <= 200; ++id)
        http.answer(id, 200);
    CHECK(results.size() == 100);
    CHECK(numbers.accepted.value() == 100);
    CHECK(service.alarms.empty());
}

TEST_CASE_FIXTURE(Fixture, "a credential that cannot be renewed ends the wake, and an operator is called") {
    service.can_renew = false;
    wake(1);
    http.answer(1, 401);
    CHECK(results.size() == 1);
    CHECK(service.alarms.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "without a credential all wait for it, and go together") {
    service.has_credential = false;
    wake(1);
    wake(2);
    CHECK(http.asked.empty());
    service.has_credential = true;
    queue.authorized();
    CHECK(http.asked.size() == 2);
    queue.authorized();
    CHECK(http.asked.size() == 2);
}

TEST_CASE_FIXTURE(Fixture,
                  "when no credential comes, those that wait for it hear why, and those under way do not") {
    wake(1);
    service.has_credential = false;
    wake(2);
    WakeResult why;
    why.outcome = WakeOutcome::Refused;
    why.reason = "no access token";
    queue.unauthorized(why);
    REQUIRE(results.size() == 1);
    CHECK(results[0].outcome == WakeOutcome::Refused);
    http.answer(1, 200);
    CHECK(results.size() == 2);
}

TEST_CASE_FIXTURE(Fixture,
                  "when the service refuses our credentials, every wake under way ends, wherever it is") {
    wake(1);
    wake(2);
    http.fail(1, "reset"); // pausing
    service.has_credential = false;
    wake(3);
    WakeResult why;
    why.outcome = WakeOutcome::Refused;
    why.message_id = "of another";
    queue.refuse_all(why);
    CHECK(results.size() == 3);
    CHECK(std::ranges::all_of(results, [](const auto& r) {
        return r.outcome == WakeOutcome::Refused && r.message_id != "of another";
    }));
    CHECK(http.open_count() == 0);
    CHECK(timers.pending() == 0);
}

TEST_CASE_FIXTURE(Fixture, "a pause that the service asked for ends a wake at once, without a request") {
    // proves: scenario 15
    service.refusal = WakeResult{};
    wake(1);
    CHECK(results.empty());
    timers.advance(0s);
    CHECK(results.size() == 1);
    CHECK(http.asked.empty());
}

TEST_CASE_FIXTURE(Fixture, "a token without a time of death died now") {
    wake(1);
    timers.advance(500ms);
    http.answer(1, 410);
    REQUIRE(results.size() == 1);
    CHECK(results[0].outcome == WakeOutcome::TokenDead);
    CHECK(results[0].dead_since == timers.wall_now());
}

TEST_CASE_FIXTURE(Fixture, "while the service is down, what waits is bounded") {
    // proves: scenario 48
    for (WakeId id = 1; id <= 10'001; ++id)
        wake(id);
    CHECK(http.asked.size() == 10'000);
    timers.advance(0s);
    REQUIRE(results.size() == 1);
    CHECK(results[0].reason == "too many pushes are under way");
}

TEST_CASE_FIXTURE(Fixture, "a callback may start the next wake") {
    WakeRequest request;
    request.deadline = timers.wall_now() + 10s;
    queue.wake(1, {}, request, {}, [this](const WakeResult&) { wake(2); });
    http.answer(1, 200);
    CHECK(queue.size() == 1);
    http.answer(2, 200);
    CHECK(results.size() == 1);
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "module/push_service.h"
#include "push/gateway.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::push;
using test::PushService;

namespace {

/// Our side: a loop and a gateway that talk to the fake service.
struct Side {
    explicit Side(const Apps& apps) {
        auto made = Gateway::create({library, loop, log, metrics}, apps);
        REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
        gateway = std::move(*made);
    }

    /// Turns the loop until `done`, or fails the test.
    void until(const std::function<bool()>& done) {
        net::Timer limit(loop), poll(loop);
        bool late = false;
        limit.arm(8s, [&] {
            late = true;
            loop.stop();
        });
        std::function<void()> look = [&] {
            if (done()) return loop.stop();
            poll.arm(2ms, look);
        };
        look();
        loop.run();
        REQUIRE_FALSE(late);
    }
    void run_for(net::Duration time) {
        net::Timer timer(loop);
        timer.arm(time, [this] { loop.stop(); });
        loop.run();
    }

    struct Outcome {
        bool sent = false;
        std::vector<WakeResult> results;
    };
    WakeId wake(const Device& device, Outcome& outcome, std::string call = "c1") {
        return gateway->wake(
            device, request(std::move(call)), [&outcome] { outcome.sent = true; },
            [&outcome](const WakeResult& result) { outcome.results.push_back(result); });
    }
    WakeResult wake_and_wait(const Device& device) {
        Outcome outcome;
        wake(device, outcome);
        until([&] { return !outcome.results.empty(); });
        CHECK(outcome.results.size() == 1);
        return outcome.results.front();
    }
    WakeRequest request(std::string call) const {
        WakeRequest r;
        r.call = std::move(call);
        r.sip_call_id = "abc@wakeline";
        r.uuid = random_uuid();
        r.caller_number = "+4930123456";
        r.caller_name = "Jürgen \"Q\" \\ 📞";
        r.deadline = loop.wall_now() + 15s;
        return r;
    }
    void until_ready() {
        until([this] {
            for (const AppStatus& app : gateway->status())
                if (!app.ready) return false;
            return true;
        });
    }

    http::Library library;
    net::EventLoop loop;
    NullSink sink;
    Log log{sink};
    Metrics metrics;
    std::unique_ptr<Gateway> gateway;
};

Device iphone(std::string token = "00112233445566778899aabbccddeeff") {
    return {"apns", "TEAM123456.com.example.phone.voip", Secret(std::move(token))};
}
Device android(std::string token = "fcm:token-1") {
    return {"fcm", "wakeline-test", Secret(std::move(token))};
}

} // namespace

TEST_SUITE_BEGIN("module/push");

TEST_CASE("an iPhone is woken: the service verifies the token, the headers and the payload") {
    // proves: SBC-PUSH-02 SBC-PUSH-03 SBC-APNS-08, scenario 18
    PushService service;
    Side side({{"ios", service.apns()}});
    Side::Outcome outcome;
    side.wake(iphone(), outcome);
    CHECK(outcome.results.empty());
    side.until([&] { return !outcome.results.empty(); });
    CHECK(outcome.sent);
    CHECK(outcome.results[0].outcome == WakeOutcome::Accepted);
    CHECK(outcome.results[0].status == 200);
    const auto pushes = service.events("push");
    REQUIRE(pushes.size() == 1);
    CHECK(pushes[0]["token"] == "00112233445566778899aabbccddeeff");
    CHECK(pushes[0]["payload"]["caller_name"] == "Jürgen \"Q\" \\ 📞");
    CHECK(pushes[0]["apns_id"] == outcome.results[0].message_id);
}

TEST_CASE("an Android phone is woken with a fresh access token") {
    // proves: SBC-PUSH-02 SBC-FCM-01
    PushService service;
    Side side({{"android", service.fcm()}});
    const WakeResult result = side.wake_and_wait(android());
    CHECK(result.outcome == WakeOutcome::Accepted);
    CHECK(result.message_id.starts_with("projects/wakeline-test/messages/"));
    CHECK(service.events("push").size() == 1);
    CHECK(service.events("oauth").size() == 1);
}

TEST_CASE("200 calls at start-up open one connection, though it grants a single stream before the first good token") {
    // proves: scenario 13
    PushService service({"--first-streams", "1"});
    Side side({{"ios", service.apns()}});
    std::vector<Side::Outcome> outcomes(200);
    for (auto& outcome : outcomes)
        side.wake(iphone(), outcome);
    side.until([&] { return std::ranges::all_of(outcomes, [](const auto& o) { return !o.results.empty(); }); });
    CHECK(std::ranges::all_of(outcomes, [](const auto& o) {
        return o.sent && o.results.size() == 1 && o.results[0].outcome == WakeOutcome::Accepted;
    }));
    const auto stats = service.stats();
    CHECK(stats["pushes"] == 200);
    CHECK(stats["connections"] == 1);
    CHECK(stats["apns_tokens"] == 1);
    CHECK(stats["max_streams_at_once"] > 1);
    CHECK(stats["priority_frames"] == 0);
}

TEST_CASE("a connection that went silent costs the first push one time-out, and the next push nothing") {
    // proves: scenario 12
    PushService service;
    Side side({{"ios", service.apns()}});
    side.until_ready();
    service.order({{"do", "mute"}});
    Side::Outcome first, second;
    const auto start = side.loop.now();
    side.wake(iphone(), first, "c1");
    side.until([&] { return !first.results.empty(); });
    CHECK(first.results[0].outcome == WakeOutcome::Accepted);
    CHECK(side.loop.now() - start < 3s);
    const auto again = side.loop.now();
    side.wake(iphone(), second, "c2");
    side.until([&] { return !second.results.empty(); });
    CHECK(second.results[0].outcome == WakeOutcome::Accepted);
    CHECK(side.loop.now() - again < 500ms);
    CHECK(service.stats()["connections"] == 2);
}

TEST_CASE("after a GOAWAY the refused pushes are sent again, with the same apns-id") {
    // proves: scenario 11
    PushService service;
    Side side({{"ios", service.apns()}});
    side.until_ready();
    service.order({{"do", "answer"}, {"match", {{"service", "apns"}}}, {"delay_ms", 150}});
    std::vector<Side::Outcome> outcomes(50);
    for (auto& outcome : outcomes)
        side.wake(iphone(), outcome);
    side.until([&] { return std::ranges::all_of(outcomes, &Side::Outcome::sent); });
    service.order({{"do", "goaway"}, {"keep", 10}});
    side.until([&] { return std::ranges::all_of(outcomes, [](const auto& o) { return !o.results.empty(); }); });
    CHECK(std::ranges::all_of(outcomes,
                              [](const auto& o) { return o.results[0].outcome == WakeOutcome::Accepted; }));
    std::set<std::string> ids;
    for (const auto& push : service.events("push"))
        ids.insert(push["apns_id"]);
    CHECK(ids.size() == 50);
    CHECK(service.stats()["connections"] <= 3);
}

TEST_CASE("an expired provider token in a burst of 100 calls is replaced once") {
    // proves: scenario 9
    PushService service;
    Side side({{"ios", service.apns()}});
    side.until_ready();
    service.order({{"do", "expire"}});
    std::vector<Side::Outcome> outcomes(100);
    for (auto& outcome : outcomes)
        side.wake(iphone(), outcome);
    side.until([&] { return std::ranges::all_of(outcomes, [](const auto& o) { return !o.results.empty(); }); });
    // The token is seconds old, so a new one is against Apple's rule: this is our clock, or their fault.
    CHECK(std::ranges::all_of(outcomes,
                              [](const auto& o) { return o.results[0].outcome == WakeOutcome::Refused; }));
    CHECK(service.stats()["apns_tokens"] == 1);
}

TEST_SUITE_END();

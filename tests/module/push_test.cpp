// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "module/push_service.h"
#include "push/gateway.h"
#include "push/keys.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::push;
using test::PushService;

namespace {

/// Our side: a loop and a gateway that talk to the fake service.
struct Side {
    explicit Side(const Apps& apps, const Rules& rules = {}) {
        auto made = Gateway::create({library, loop, log, metrics}, apps, rules);
        REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
        gateway = std::move(*made);
    }

    /// Turns the loop until `done`, or fails the test.
    void until(const std::function<bool()>& done) {
        if (done()) return;
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
        poll.arm(2ms, look);
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

TEST_CASE("200 calls at start-up open one connection, though it grants a single stream before the first good "
          "token") {
    // proves: scenario 13
    PushService service(
        {"--first-streams", "1", "--answer", R"({"match": {"service": "apns"}, "delay_ms": 20})"});
    Rules rules;
    rules.device_budget = 0;
    Side side({{"ios", service.apns()}}, rules);
    std::vector<Side::Outcome> outcomes(200);
    for (auto& outcome : outcomes)
        side.wake(iphone(), outcome);
    side.until(
        [&] { return std::ranges::all_of(outcomes, [](const auto& o) { return !o.results.empty(); }); });
    CHECK(std::ranges::all_of(outcomes, [](const auto& o) {
        return o.sent && o.results.size() == 1 && o.results[0].outcome == WakeOutcome::Accepted;
    }));
    const auto stats = service.stats();
    CHECK(stats["pushes"] == 200);
    CHECK(stats["connections"] == 1);
    CHECK(stats["apns_tokens"] == 1);
    CHECK(stats["max_streams_at_once"] > 100);
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
    side.until(
        [&] { return std::ranges::all_of(outcomes, [](const auto& o) { return !o.results.empty(); }); });
    CHECK(std::ranges::all_of(outcomes,
                              [](const auto& o) { return o.results[0].outcome == WakeOutcome::Accepted; }));
    std::set<std::string> ids;
    for (const auto& push : service.events("push"))
        ids.insert(push["apns_id"]);
    CHECK(ids.size() == 50);
    CHECK(service.stats()["connections"] <= 3);
}

TEST_CASE("a push is told as sent when it was written, not before") {
    PushService service;
    service.stop();
    Side side({{"ios", service.apns()}});
    Side::Outcome outcome;
    side.wake(iphone(), outcome);
    side.run_for(100ms);
    CHECK_FALSE(outcome.sent); // no handshake, no push
    service.go_on();
    side.until([&] { return !outcome.results.empty(); });
    CHECK(outcome.sent);
    service.stop();
    Side::Outcome second;
    side.wake(iphone(), second);
    side.until([&] { return second.sent; });
    CHECK(second.results.empty());
}

TEST_CASE("a cancelled wake is not pushed when it was not written yet, and nothing is heard of it") {
    PushService service;
    service.stop();
    Side side({{"ios", service.apns()}});
    Side::Outcome outcome, other;
    const WakeId id = side.wake(iphone("00aa"), outcome);
    side.wake(iphone("00bb"), other);
    side.run_for(50ms);
    side.gateway->cancel(id);
    service.go_on();
    side.until([&] { return !other.results.empty(); });
    CHECK_FALSE(outcome.sent);
    CHECK(outcome.results.empty());
    CHECK(service.events("push").size() == 1);
}

TEST_CASE("a connection that the service closes is opened again in the background") {
    PushService service;
    Side side({{"ios", service.apns()}});
    side.until_ready();
    service.order({{"do", "close"}});
    side.until([&] { return service.stat("connections") == 2; });
    side.until_ready();
    const auto start = side.loop.now();
    CHECK(side.wake_and_wait(iphone()).outcome == WakeOutcome::Accepted);
    CHECK(side.loop.now() - start < 500ms);
    CHECK(service.stat("connections") == 2);
}

TEST_CASE("a service that cannot be reached fails the wake with the reason, long before the hold ends") {
    Apps apps;
    {
        PushService service;
        apps = {{"ios", service.apns()}, {"android", service.fcm()}};
    }
    Side side(apps);
    Side::Outcome ios, android_phone;
    const auto start = side.loop.now();
    side.wake(iphone(), ios);
    side.wake(android(), android_phone);
    side.until([&] { return !ios.results.empty() && !android_phone.results.empty(); });
    CHECK(side.loop.now() - start < 3s);
    CHECK(ios.results[0].outcome == WakeOutcome::Unavailable);
    CHECK(ios.results[0].reason.find("connect") != std::string::npos);
    CHECK(android_phone.results[0].outcome == WakeOutcome::Unavailable);
    CHECK_FALSE(side.gateway->status()[0].problem.empty());
}

TEST_CASE("a server that is not the one we trust is not spoken to") {
    PushService service;
    auto app = service.apns();
    app.ca.clear(); // the system's authorities do not know it
    Side side({{"ios", app}});
    const WakeResult result = side.wake_and_wait(iphone());
    CHECK(result.outcome == WakeOutcome::Unavailable);
    CHECK(result.reason.find("certificate") != std::string::npos);
    CHECK(service.stat("requests") == 0);
}

TEST_CASE("access tokens that Google forgot are replaced by one new one for all wakes under way") {
    // proves: scenario 14
    PushService service;
    Side side({{"android", service.fcm()}});
    side.until_ready();
    service.order({{"do", "expire"}});
    std::vector<Side::Outcome> outcomes(30);
    for (auto& outcome : outcomes)
        side.wake(android(), outcome);
    side.until(
        [&] { return std::ranges::all_of(outcomes, [](const auto& o) { return !o.results.empty(); }); });
    CHECK(std::ranges::all_of(outcomes,
                              [](const auto& o) { return o.results[0].outcome == WakeOutcome::Accepted; }));
    CHECK(service.stat("mints") == 2);
}

TEST_CASE("the services' refusals arrive as what they mean") {
    PushService service;
    const auto answers = [&service](const char* token, int status, const char* reason, int times) {
        service.order({{"do", "answer"},
                       {"match", {{"token", token}}},
                       {"status", status},
                       {"reason", reason},
                       {"times", times}});
    };
    Side side({{"ios", service.apns()}, {"android", service.fcm()}});
    side.until_ready();
    answers("00dd", 410, "Unregistered", 1);
    answers("00ee", 413, "PayloadTooLarge", 1);
    answers("00ff", 503, "Shutdown", 1);
    answers("gone:1", 404, "UNREGISTERED", 1);
    const WakeResult dead = side.wake_and_wait(iphone("00dd"));
    CHECK(dead.outcome == WakeOutcome::TokenDead);
    CHECK(dead.reason == "Unregistered");
    CHECK(side.loop.wall_now() - dead.dead_since < 5s);
    CHECK(side.wake_and_wait(iphone("00ee")).outcome == WakeOutcome::Accepted);
    CHECK(service.events("push").back()["payload"]["caller_name"] == "");
    CHECK(side.wake_and_wait(iphone("00ff")).outcome == WakeOutcome::Accepted);
    CHECK(service.stat("connections") == 4); // two for Google, and a second one for Apple after its Shutdown
    CHECK(side.wake_and_wait(android("gone:1")).outcome == WakeOutcome::TokenDead);
}

TEST_CASE("a wrong key id, team, topic or key is the configuration's fault, and no phone's") {
    PushService service;
    const auto try_with = [&service](const std::function<void(AppConfig&)>& spoil) {
        AppConfig app = service.apns();
        spoil(app);
        Side side({{"ios", app}});
        const WakeResult result =
            side.wake_and_wait({"apns", app.team_id + "." + app.bundle_id + ".voip", Secret("00aa")});
        CHECK(result.outcome == WakeOutcome::Refused);
        CHECK(side.gateway->status()[0].problem == result.reason);
        CHECK_FALSE(side.gateway->status()[0].ready);
        return result.reason;
    };
    CHECK(try_with([](AppConfig& app) { app.key_id = "ZZZ123DEFG"; }) == "InvalidProviderToken");
    CHECK(try_with([](AppConfig& app) { app.team_id = "OTHER23456"; }) == "InvalidProviderToken");
    CHECK(try_with([](AppConfig& app) { app.bundle_id = "com.example.other"; }) == "TopicDisallowed");
    const std::string other_key = service.file("other.p8");
    std::ofstream(other_key) << test::pem_of(test::make_ec("P-256").get());
    CHECK(try_with([&](AppConfig& app) { app.key = other_key; }) == "InvalidProviderToken");
    CHECK(service.events("push").empty());
}

TEST_CASE("a token of the other environment is tried there once, and at once the next time") {
    // proves: scenario 8
    PushService production(
        {"--answer", R"({"match": {"token": "00aa"}, "status": 400, "reason": "BadDeviceToken"})"});
    PushService development;
    auto other = development.apns();
    other.sandbox = true;
    Side side({{"ios", production.apns()}, {"ios-development", other}});
    CHECK(side.wake_and_wait(iphone("00aa")).outcome == WakeOutcome::Accepted);
    CHECK(side.wake_and_wait(iphone("00aa")).outcome == WakeOutcome::Accepted);
    CHECK(production.events("refused").size() == 1);
    CHECK(development.events("push").size() == 2);
}

TEST_CASE("after a reload new pushes use the new apps, and those under way end where they began") {
    PushService before, after;
    Side side({{"ios", before.apns()}});
    side.until_ready();
    before.order({{"do", "answer"}, {"match", {{"service", "apns"}}}, {"delay_ms", 100}});
    Side::Outcome outcome;
    side.wake(iphone("00aa"), outcome);
    REQUIRE(side.gateway->reload({{"ios", after.apns()}}));
    CHECK(side.wake_and_wait(iphone("00bb")).outcome == WakeOutcome::Accepted);
    side.until([&] { return !outcome.results.empty(); });
    CHECK(outcome.results[0].outcome == WakeOutcome::Accepted);
    CHECK(before.events("push").size() == 1);
    CHECK(after.events("push").size() == 1);
    REQUIRE(side.gateway->reload({{"ios", after.apns()}}));
    CHECK(side.gateway->status()[0].accepted == 1); // the same app: nothing of it changed
    CHECK(after.stat("connections") == 1);
    auto bad = after.apns();
    bad.key = "/nonexistent";
    CHECK_FALSE(side.gateway->reload({{"ios", bad}}));
    CHECK(side.wake_and_wait(iphone("00bb")).outcome == WakeOutcome::Accepted);
}

TEST_CASE("with a client certificate Apple is shown no provider token") {
    // proves: SBC-APNS-01 SBC-APNS-02 SBC-APNS-06 SBC-TLS-06
    PushService service;
    auto pem = service.apns_with_certificate();
    pem.certificate = service.file("voip.pem");
    pem.passphrase_file.clear();
    for (const AppConfig& app : {service.apns_with_certificate(), pem}) {
        Side side({{"ios", app}});
        CHECK(side.wake_and_wait(iphone()).outcome == WakeOutcome::Accepted);
        const AppStatus status = side.gateway->status()[0];
        CHECK(status.ready);
        CHECK(status.credential.name == "push.apps.ios.certificate");
        CHECK(status.credential.subject == "CN = VoIP Services: com.example.phone");
        CHECK(net::state_of(status.credential, side.loop.wall_now()) == net::CredentialState::Expiring);
    }
    const auto pushes = service.events("push");
    REQUIRE(pushes.size() == 2);
    for (const auto& push : pushes)
        CHECK(push["certificate"] == "VoIP Services: com.example.phone");
    CHECK(service.stat("apns_tokens") == 0);
}

TEST_CASE(
    "all apps of a team share one connection and one token, other teams have their own, also over a reload") {
    PushService service({"--topic", "com.example.phone.voip", "--topic", "com.example.tablet.voip"});
    auto tablet = service.apns(), watch = service.apns_with_certificate();
    tablet.bundle_id = "com.example.tablet";
    Apps apps{{"phone", service.apns()}, {"tablet", tablet}, {"watch", watch}};
    Side side(apps);
    side.until_ready();
    CHECK(side.wake_and_wait(iphone()).outcome == WakeOutcome::Accepted);
    const Device other{"apns", "TEAM123456.com.example.tablet.voip", Secret("00aa")};
    CHECK(side.wake_and_wait(other).outcome == WakeOutcome::Accepted);
    CHECK(service.stat("connections") == 2);
    apps["tablet"].sandbox = true; // made anew, with the endpoint that it had
    REQUIRE(side.gateway->reload(apps));
    CHECK(side.wake_and_wait(other).outcome == WakeOutcome::Accepted);
    apps["phone"].proxy = service.proxy(); // another connection
    REQUIRE(side.gateway->reload(apps));
    CHECK(side.wake_and_wait(iphone()).outcome == WakeOutcome::Accepted);
    CHECK(service.stat("connections") == 3);
    CHECK(service.stat("apns_tokens") == 1);
}

TEST_CASE("a proxy is asked to connect, by all apps or by one, or by none but one") {
    // proves: SBC-PUSH-09
    PushService service;
    auto direct = service.fcm();
    direct.proxy = "off";
    Rules rules;
    rules.proxy = service.proxy();
    Side side({{"android", direct}, {"ios", service.apns()}}, rules);
    CHECK(side.wake_and_wait(iphone()).outcome == WakeOutcome::Accepted);
    CHECK(side.wake_and_wait(android()).outcome == WakeOutcome::Accepted);
    CHECK(service.stat("proxied") == 1);
    CHECK(service.stat("connections") == 3); // Google gives its tokens on one of their own
}

TEST_CASE("a webhook gets a signed request for each device and kind of wake") {
    PushService service;
    Side side({{"desktop", service.webhook()}});
    const Device device{"acme", "app-7", Secret("tok=1")};
    CHECK(side.wake_and_wait(device).outcome == WakeOutcome::Accepted);
    Side::Outcome message;
    WakeRequest request = side.request("m1");
    request.kind = WakeKind::Message;
    request.text = "not for locked screens";
    side.gateway->wake(device, request, {},
                       [&](const WakeResult& result) { message.results.push_back(result); });
    side.until([&] { return !message.results.empty(); });
    const auto pushes = service.events("push");
    REQUIRE(pushes.size() == 2);
    CHECK(pushes[0]["payload"]["kind"] == "call");
    CHECK(pushes[0]["payload"]["token"] == "tok=1");
    CHECK(pushes[0]["payload"]["caller_name"] == "Jürgen \"Q\" \\ 📞");
    CHECK(pushes[1]["payload"]["kind"] == "message");
    CHECK(pushes[1]["payload"]["text"] == "New message");
}

TEST_CASE("a webhook's answers decide: dead, later, our fault") {
    PushService service;
    Side side({{"desktop", service.webhook()}});
    const auto answer = [&service](const char* token, int status,
                                   nlohmann::json headers = nlohmann::json::object()) {
        service.order({{"do", "answer"},
                       {"match", {{"token", token}}},
                       {"status", status},
                       {"headers", std::move(headers)},
                       {"times", 1}});
    };
    answer("gone", 410);
    answer("busy", 503, {{"retry-after", "1"}});
    answer("wrong", 401);
    const auto wake = [&side](const char* token) { return side.wake_and_wait({"acme", "", Secret(token)}); };
    CHECK(wake("gone").outcome == WakeOutcome::TokenDead);
    const auto start = side.loop.now();
    CHECK(wake("busy").outcome == WakeOutcome::Accepted);
    CHECK(side.loop.now() - start >= 1s);
    CHECK(wake("wrong").outcome == WakeOutcome::Refused);
    CHECK_FALSE(side.gateway->status()[0].credential.problem.empty());
    CHECK(wake("right").outcome == WakeOutcome::Accepted);
    CHECK(side.gateway->status()[0].credential.problem.empty());
}

TEST_CASE("every app's service can be asked whether it takes our credentials") {
    // proves: SBC-PUSH-08
    PushService service;
    auto wrong = service.apns();
    wrong.key_id = "ZZZ123DEFG";
    Apps apps{{"a", service.apns()}, {"b", wrong}, {"c", service.fcm()}, {"d", service.webhook()}};
    apps["e"] = service.apns();
    apps["e"].endpoint = "https://127.0.0.1:1";
    Side side(apps);
    std::vector<Gateway::Check> checks;
    side.gateway->check([&checks](const auto& all) { checks = all; });
    side.until([&checks] { return !checks.empty(); });
    REQUIRE(checks.size() == 5);
    CHECK(checks[0].name == "a");
    for (const std::size_t good : {0U, 2U, 3U})
        CHECK(checks[good].result.outcome == WakeOutcome::Accepted);
    CHECK(checks[1].result.outcome == WakeOutcome::Refused);
    CHECK(checks[1].result.reason == "InvalidProviderToken");
    CHECK(checks[4].result.outcome == WakeOutcome::Unavailable);
    CHECK(checks[4].result.reason.find("connect") != std::string::npos);
    CHECK(service.events("push").empty());
}

TEST_CASE("a user and a device have their budgets of pushes") {
    // proves: scenario 50
    PushService service;
    Rules rules;
    rules.user_budget = 3;
    rules.device_budget = 2;
    Side side({{"ios", service.apns()}}, rules);
    std::vector<WakeResult> results;
    const auto wake = [&](std::string aor, std::string token) {
        WakeRequest request = side.request("c");
        request.aor = std::move(aor);
        side.gateway->wake(iphone(std::move(token)), request, {},
                           [&results](const WakeResult& result) { results.push_back(result); });
        const std::size_t wanted = results.size() + 1;
        side.until([&] { return results.size() == wanted; });
        return results.back().outcome;
    };
    CHECK(wake("sip:a@x", "00aa") == WakeOutcome::Accepted);
    CHECK(wake("sip:a@x", "00aa") == WakeOutcome::Accepted);
    CHECK(wake("sip:a@x", "00aa") == WakeOutcome::Unavailable);
    CHECK(wake("sip:a@x", "00bb") == WakeOutcome::Unavailable);
    CHECK(results.back().reason == "too many pushes for this user or device");
    CHECK(wake("sip:b@x", "00bb") == WakeOutcome::Accepted);
    CHECK(service.events("push").size() == 3);
}

TEST_CASE("the end of a call is pushed where that is wished, and is no VoIP push") {
    // proves: scenario 19
    PushService service;
    const Device dual{"apns", "TEAM123456.com.example.phone.remote&voip", Secret("00aa:remote&00bb:voip")};
    Rules rules;
    rules.tell_call_ended = true;
    rules.device_budget = 1;
    Side side({{"android", service.fcm()}, {"ios", service.apns()}}, rules);
    CHECK(side.gateway->supports(dual, WakeKind::CallEnded));
    CHECK_FALSE(side.gateway->supports(iphone(), WakeKind::CallEnded)); // PushKit's token alone
    for (const Device& device : {dual, android()}) {
        CHECK(side.wake_and_wait(device).outcome == WakeOutcome::Accepted);
        WakeRequest request = side.request("c1");
        request.kind = WakeKind::CallEnded;
        std::vector<WakeResult> results;
        side.gateway->wake(device, request, {}, [&](const WakeResult& result) { results.push_back(result); });
        side.until([&] { return !results.empty(); });
        CHECK(results[0].outcome == WakeOutcome::Accepted);
    }
    CHECK(service.events("push").size() == 4);
    CHECK(service.events("refused").empty());
    REQUIRE(side.gateway->reload({{"android", service.fcm()}, {"ios", service.apns()}}));
    CHECK_FALSE(side.gateway->supports(dual, WakeKind::CallEnded));
}

TEST_CASE("with push switched off nobody is woken, whatever is configured") {
    // proves: SBC-PUSH-01
    PushService service;
    Rules off;
    off.enabled = false;
    Side side({{"ios", service.apns()}}, off);
    CHECK_FALSE(side.gateway->supports(iphone()));
    CHECK(side.gateway->status().empty());
    REQUIRE(side.gateway->reload({{"ios", service.apns()}}));
    CHECK(side.gateway->supports(iphone()));
}

TEST_CASE("a device of no configured app is told as such, later") {
    Side side({});
    CHECK_FALSE(side.gateway->supports(iphone()));
    CHECK(side.wake_and_wait(iphone()).outcome == WakeOutcome::NoProvider);
}

TEST_CASE("credentials that cannot be used are all named at once: app, file, what is wrong, what to do") {
    PushService service;
    auto missing = service.apns(), wrong = service.apns(), no_id = service.apns();
    missing.key = "/nonexistent/AuthKey.p8";
    wrong.key = service.file("fcm.key");
    auto unopened = service.apns_with_certificate();
    unopened.passphrase_file = service.file("webhook.secret");
    no_id.key_id.clear();
    auto no_ca = service.apns();
    no_ca.ca = "/nonexistent/ca.pem";
    auto not_json = service.fcm();
    not_json.service_account = service.file("ca.pem");
    http::Library library;
    net::EventLoop loop;
    NullSink sink;
    Log log(sink);
    Metrics metrics;
    const auto gateway = Gateway::create({library, loop, log, metrics}, {{"a", missing},
                                                                         {"b", wrong},
                                                                         {"c", unopened},
                                                                         {"d", no_id},
                                                                         {"e", not_json},
                                                                         {"f", service.fcm()},
                                                                         {"g", no_ca}});
    REQUIRE_FALSE(gateway);
    const std::string& text = gateway.error().message;
    CHECK(text.find("push.apps.a: key /nonexistent/AuthKey.p8 cannot be opened: No such file or directory") ==
          0);
    CHECK(text.find("\npush.apps.b: key " + wrong.key + " is not a key on the curve P-256; it must be") !=
          std::string::npos);
    CHECK(text.find("\npush.apps.c: certificate " + unopened.certificate +
                    " is not opened by the passphrase: check passphrase_file") != std::string::npos);
    CHECK(text.find("\npush.apps.d: key_id is missing") != std::string::npos);
    CHECK(text.find("\npush.apps.e: service_account " + not_json.service_account + " is not a JSON object") !=
          std::string::npos);
    CHECK(text.find("push.apps.f") == std::string::npos);
    CHECK(
        text.ends_with("\npush.apps.g: ca /nonexistent/ca.pem cannot be opened: No such file or directory"));
}

TEST_SUITE_END();

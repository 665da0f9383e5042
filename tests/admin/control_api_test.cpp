// SPDX-License-Identifier: Apache-2.0
#include "admin/control_api.h"

#include <doctest/doctest.h>

#include "admin/json.h"
#include "admin/metrics_page.h"
#include "fakes/fake_timers.h"

// proves: SBC-DIAG-01, SBC-DIAG-05, SBC-AUTH-07

using namespace wakeline;
using namespace wakeline::admin;
using namespace std::chrono_literals;

namespace {

struct FakeNode final : Node {
    Result<std::vector<NumberTrace>> number_test(std::string_view trunk,
                                                 std::string_view number) const override {
        if (trunk == "none") return Error{ErrorCode::NotFound, "there is no trunk none"};
        return std::vector{
            NumberTrace{"pbx", "to_pbx", "called", {{"prefix 0", "9" + std::string(number), true}}, "90123"}};
    }
    std::vector<NumberFault> number_check() const override { return {{"pbx", "1001", "too long"}}; }
    NodeStatus status() const override {
        NodeStatus status;
        status.version = "1.2.3";
        status.log_level = level;
        status.started = status.now - 90s;
        net::Credential credential;
        credential.name = "certificates.public.chain";
        credential.subject = "CN = sbc";
        credential.expires = status.now + 20 * 24h + 1h;
        net::Credential none;
        none.name = "push.apps (fcm)";
        none.set = false;
        status.credentials = {credential, none};
        return status;
    }
    std::vector<registrar::Binding> registrations() const override { return bindings; }
    std::vector<call::CallRecord> calls() const override { return live; }
    void ended_calls(std::size_t count, Answer<std::vector<call::CallRecord>> answer) override {
        asked = count;
        answer(ended);
    }
    void find_call(std::string_view id, Answer<call::CallRecord> answer) override {
        for (const auto* records : {&live, &ended})
            for (const auto& record : *records)
                if (record.id == id) return answer(record);
        answer(Error{ErrorCode::NotFound, "no"});
    }
    void push_test(std::string_view number, Answer<std::vector<PushTest>> answer) override {
        if (number != "1001") return answer(Error{ErrorCode::NotFound, "no such user"});
        answer(std::vector<PushTest>{
            PushTest{.device = "3", .user_agent = "UA", .provider = "apns", .result = {}}});
    }
    void capacity(net::WallTime from, net::WallTime to, Answer<CapacityReport> answer) override {
        asked_from = from;
        asked_to = to;
        answer(CapacityReport{{}, usage});
    }
    void why(std::string_view user, Answer<UserReport> answer) override {
        UserReport report{.user = std::string(user), .known = false, .now = {}, .devices = {}, .call = {}};
        if (!ended.empty()) report.call = ended.front();
        answer(std::move(report));
    }
    void push_check(Answer<std::vector<PushCheck>> answer) override {
        answer(std::vector<PushCheck>{PushCheck{.app = "ios",
                                                .provider = "apns",
                                                .endpoint = "https://api.push.apple.com",
                                                .result = {.outcome = push::WakeOutcome::Refused,
                                                           .status = 403,
                                                           .reason = "InvalidProviderToken"}}});
    }
    ReloadReport reload() override {
        ++reloads;
        return {.applied = true, .changed = {"push.hold"}, .restart = {}, .problems = {}};
    }
    void set_log_level(LogLevel to) override { level = to; }
    bool end_call(std::string_view id) override { return id == "7f3a"; }
    void drop_registration(registrar::BindingId id, Answer<Done> answer) override {
        if (id != 7)
            return answer(Error{ErrorCode::NotFound, "there is no registration " + std::to_string(id)});
        answer(Done{});
    }
    std::string config_text() const override { return "node: test\n"; }
    SipTrace& trace() override { return sip_trace; }
    std::size_t drain(std::optional<std::chrono::milliseconds> within) override {
        drained_within = within;
        return 3;
    }

    std::vector<registrar::Binding> bindings;
    std::vector<call::CallRecord> live, ended;
    LogLevel level = LogLevel::Med;
    std::size_t asked = 0;
    std::vector<call::Usage> usage;
    net::WallTime asked_from{}, asked_to{};
    int reloads = 0;
    test::FakeTimers timers;
    SipTrace sip_trace{timers, [](sip::Tap*) {}};
    std::optional<std::chrono::milliseconds> drained_within;
};

struct Fixture {
    FakeNode node;
    Metrics metrics;
    ControlApi api{node, metrics};

    http::ServerResponse ask(const std::string& method, const std::string& path,
                             std::map<std::string, std::string, std::less<>> query = {},
                             ControlApi::Door door = ControlApi::Door::Operator) {
        http::ServerResponse got{.status = 0, .content_type = {}, .body = {}};
        api.handle({method, path, std::move(query), ""}, door,
                   [&](http::ServerResponse response) { got = std::move(response); });
        return got;
    }
};

registrar::Binding binding(registrar::BindingId id, const std::string& aor) {
    registrar::Binding binding;
    binding.id = id;
    binding.aor = aor;
    binding.push = {"apns", "TEAM.topic.voip", Secret("deadbeef-token")};
    return binding;
}

call::CallRecord record(const std::string& id) {
    call::CallRecord record;
    record.id = id;
    record.caller = "+49\xff"; // no UTF-8
    record.timeline.push_back({12ms, "push_sent", "3", ""});
    record.media.emplace_back();
    return record;
}

} // namespace

TEST_CASE_FIXTURE(Fixture, "a drain may be bounded, and says how many calls it waits for") {
    CHECK(ask("POST", "/v1/drain").body == "{\"calls\":3}\n");
    CHECK(!node.drained_within);
    CHECK(ask("POST", "/v1/drain", {{"within", "10m"}}).status == 200);
    CHECK(node.drained_within == 10min);
    CHECK(ask("POST", "/v1/drain", {{"within", "soon"}}).status == 400);
    CHECK(ask("POST", "/v1/drain", {}, ControlApi::Door::Anybody).status == 403);
}

TEST_CASE_FIXTURE(Fixture, "registrations are chosen by their state") {
    node.bindings = {binding(1, "sip:1001@example.com"), binding(2, "sip:1002@example.com")};
    node.bindings[0].expires = node.status().now + 1h;
    CHECK(ask("GET", "/v1/registrations", {{"state", "asleep"}}).body.find("1001") != std::string::npos);
    CHECK(ask("GET", "/v1/registrations", {{"state", "asleep"}}).body.find("1002") == std::string::npos);
    CHECK(ask("GET", "/v1/registrations", {{"state", "expired"}}).body.find("1002") != std::string::npos);
    CHECK(ask("GET", "/v1/registrations", {{"state", "awake"}}).body == "[]\n");
    CHECK(ask("GET", "/v1/registrations", {{"state", "tired"}}).status == 400);
}

TEST_CASE_FIXTURE(Fixture, "status tells version, level and how long we have run") {
    const auto got = ask("GET", "/v1/status");
    CHECK(got.status == 200);
    CHECK(got.body.find("\"version\":\"1.2.3\"") != std::string::npos);
    CHECK(got.body.find("\"uptime_s\":90") != std::string::npos);
    CHECK(got.body.find("\"log_level\":\"med\"") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "status tells how long each certificate is good") { // proves: SBC-TLS-12
    const auto got = ask("GET", "/v1/status").body;
    CHECK(got.find(
              R"("name":"certificates.public.chain","state":"expiring","expires":"1970-01-21T01:00:00.000Z",)"
              R"("days_left":20,"subject":"CN = sbc")") != std::string::npos);
    CHECK(got.find(R"x("name":"push.apps (fcm)","state":"not set","expires":null,"days_left":null)x") !=
          std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "push services are asked whether they take our credentials") {
    CHECK(ask("POST", "/v1/push-check").body ==
          R"([{"app":"ios","provider":"apns","endpoint":"https://api.push.apple.com","outcome":"refused",)"
          R"("status":403,"reason":"InvalidProviderToken","took_ms":0}])"
          "\n");
    CHECK(ask("POST", "/v1/push-check", {}, ControlApi::Door::Anybody).status == 403);
}

TEST_CASE_FIXTURE(Fixture, "registrations are filtered by number or address, and never show a push token") {
    node.bindings = {binding(2, "sip:1002@example.com"), binding(1, "sip:1001@example.com"),
                     binding(3, "sip:2001@other.example")};
    const auto all = ask("GET", "/v1/registrations").body;
    CHECK(all.find("1001") < all.find("1002"));
    CHECK(all.find("deadbeef") == std::string::npos);
    CHECK(all.find("TEAM.topic") == std::string::npos);
    const auto some = ask("GET", "/v1/registrations", {{"match", "10*"}}).body;
    CHECK(some.find("1002") != std::string::npos);
    CHECK(some.find("2001") == std::string::npos);
    CHECK(ask("GET", "/v1/registrations", {{"match", "*@OTHER.example"}}).body.find("2001") !=
          std::string::npos);
    CHECK(ask("GET", "/v1/registrations", {{"match", std::string(300, '*')}}).status == 400);
}

TEST_CASE_FIXTURE(Fixture, "a call is found live or ended, or not at all") {
    node.live = {record("a1")};
    node.ended = {record("b2")};
    CHECK(ask("GET", "/v1/calls").body.find("\"id\":\"a1\"") != std::string::npos);
    CHECK(ask("GET", "/v1/calls", {{"ended", "1"}}).body.find("\"id\":\"b2\"") != std::string::npos);
    CHECK(node.asked == 100);
    ask("GET", "/v1/calls", {{"ended", "1"}, {"limit", "999999"}});
    CHECK(node.asked == 1'000);
    CHECK(ask("GET", "/v1/calls/a1").body.find("\"at_ms\":12.0") != std::string::npos);
    CHECK(ask("GET", "/v1/calls/b2").status == 200);
    const auto lost = ask("GET", "/v1/calls/c3");
    CHECK(lost.status == 404);
    CHECK(lost.body == "{\"error\":\"there is no call c3\"}\n");
}

TEST_CASE_FIXTURE(Fixture, "why a number's phones ring or not is told in sentences, with the last call") {
    node.ended = {record("b2")};
    const auto got = ask("GET", "/v1/why", {{"user", "1001"}});
    CHECK(got.status == 200);
    CHECK(got.body.find("\"explanation\":[\"1001 is not known") != std::string::npos);
    CHECK(got.body.find("\"call\":{\"id\":\"b2\"") != std::string::npos);
    CHECK(ask("GET", "/v1/why").status == 400);
    CHECK(ask("GET", "/v1/why", {{"user", std::string(300, '1')}}).status == 400);
    CHECK(ask("GET", "/v1/calls/b2").body.find("\"explanation\":[") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "orders are taken on the control socket alone") {
    CHECK(ask("POST", "/v1/reload").body.find("push.hold") != std::string::npos);
    CHECK(ask("POST", "/v1/log-level", {{"level", "max"}}).status == 200);
    CHECK(node.level == LogLevel::Max);
    CHECK(ask("POST", "/v1/log-level", {{"level", "loud"}}).status == 400);
    CHECK(ask("POST", "/v1/push-test", {{"number", "1001"}}).body.find("\"device\":\"3\"") !=
          std::string::npos);
    CHECK(ask("POST", "/v1/push-test", {{"number", "9"}}).status == 404);
    CHECK(ask("POST", "/v1/push-test").status == 400);

    constexpr auto anybody = ControlApi::Door::Anybody;
    for (const char* order : {"/v1/reload", "/v1/log-level", "/v1/push-test"})
        CHECK(ask("POST", order, {}, anybody).status == 403);
    for (const char* private_to_operators : {"/v1/registrations", "/v1/calls", "/v1/calls/a1", "/v1/why"})
        CHECK(ask("GET", private_to_operators, {}, anybody).status == 403);
    CHECK(node.reloads == 1);
    CHECK(ask("GET", "/v1/status", {}, anybody).status == 200);
    CHECK(ask("GET", "/metrics", {}, anybody).status == 200);
}

TEST_CASE_FIXTURE(Fixture, "trunks and numbers can be asked for") {
    CHECK(ask("GET", "/v1/trunks").body.starts_with('['));
    const std::string trace = ask("GET", "/v1/number-test", {{"number", "0123"}}).body;
    CHECK(trace.find("\"result\":\"90123\"") != std::string::npos);
    CHECK(trace.find("\"rule\":\"prefix 0\"") != std::string::npos);
    CHECK(ask("GET", "/v1/number-test", {{"number", "1"}, {"trunk", "none"}}).status == 404);
    CHECK(ask("GET", "/v1/number-test").status == 400);
    CHECK(ask("GET", "/v1/number-check").body.find("too long") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "unknown paths and wrong methods are refused") {
    CHECK(ask("GET", "/nothing").status == 404);
    CHECK(ask("GET", "/v1/reload").status == 405);
    CHECK(ask("POST", "/v1/status").status == 405);
}

TEST_CASE("metrics are in Prometheus' text format, one head for each name") {
    Metrics metrics;
    metrics.declare({"wakeline_b_total", MetricKind::Counter, "Bees.", "{kind=\"x\"}"}).add(2);
    metrics.declare({"wakeline_a", MetricKind::Gauge, "Ants."}).set(7);
    metrics.declare({"wakeline_b_total", MetricKind::Counter, "Bees.", "{kind=\"y\"}"});
    CHECK(metrics_page(metrics) == "# HELP wakeline_a Ants.\n# TYPE wakeline_a gauge\nwakeline_a 7\n"
                                   "# HELP wakeline_b_total Bees.\n# TYPE wakeline_b_total counter\n"
                                   "wakeline_b_total{kind=\"x\"} 2\nwakeline_b_total{kind=\"y\"} 0\n");
}

TEST_CASE_FIXTURE(Fixture, "a trace is bounded in time, and gives the messages that the asker has not") {
    CHECK(ask("POST", "/v1/trace").status == 400);
    CHECK(ask("POST", "/v1/trace", {{"of", "1001"}, {"for", "2h"}}).status == 400);
    CHECK(ask("POST", "/v1/trace", {{"of", "1001@example.com"}}).body ==
          "{\"running\":true,\"messages\":[]}\n");
    node.sip_trace.on_octets(
        sip::Tap::Way::Sent, {},
        "OPTIONS sip:1001@x SIP/2.0\r\nCall-ID: a\r\nAuthorization: response=\"s\"\r\n\r\n");
    const std::string got = ask("GET", "/v1/trace-messages").body;
    CHECK(got.find("OPTIONS sip:1001@x") != std::string::npos);
    CHECK(got.find("response=\\\"***\\\"") != std::string::npos);
    CHECK(ask("GET", "/v1/trace-messages", {{"after", "1"}}).body.find("OPTIONS") == std::string::npos);
    CHECK(ask("POST", "/v1/trace-stop").body.starts_with("{\"running\":false"));
    CHECK(ask("GET", "/v1/config").body == "node: test\n");
    for (const char* path : {"/v1/config", "/v1/trace-messages"})
        CHECK(ask("GET", path, {}, ControlApi::Door::Anybody).status == 403);
}

TEST_CASE_FIXTURE(Fixture, "the page and the description are for anybody, and the API has two names") {
    const auto anybody = ControlApi::Door::Anybody;
    CHECK(ask("GET", "/", {}, anybody).body.starts_with("<!doctype html>"));
    CHECK(ask("GET", "/page.js", {}, anybody).content_type == "text/javascript");
    CHECK(ask("GET", "/page.css", {}, anybody).content_type == "text/css");
    CHECK(ask("GET", "/api/v1/status", {}, anybody).body == ask("GET", "/v1/status", {}, anybody).body);
    CHECK(ask("GET", "/api/v1/calls", {}, anybody).status == 403);
    const std::string description = ask("GET", "/api/v1/openapi.json", {}, anybody).body;
    CHECK(description.find("\"/api/v1/calls/{id}/end\":{\"post\"") != std::string::npos);
    CHECK(description.find("page.js") == std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "calls are ended and devices dropped by their id, by who may") {
    CHECK(ask("POST", "/api/v1/calls/7f3a/end").status == 200);
    CHECK(ask("POST", "/api/v1/calls/none/end").status == 404);
    CHECK(ask("POST", "/api/v1/registrations/7/drop").status == 200);
    CHECK(ask("POST", "/api/v1/registrations/8/drop").status == 404);
    CHECK(ask("POST", "/api/v1/registrations/x/drop").status == 400);
    CHECK(ask("POST", "/api/v1/registrations/7/drop", {}, ControlApi::Door::Anybody).status == 403);
    CHECK(ask("GET", "/api/v1/calls/a/b").status == 404);
}

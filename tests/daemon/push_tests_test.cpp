// SPDX-License-Identifier: Apache-2.0
#include "daemon/push_tests.h"

#include <doctest/doctest.h>

#include <optional>

#include "fakes/fake_timers.h"
#include "fakes/fake_waker.h"
#include "fakes/memory_store.h"

using namespace wakeline;
using namespace std::chrono_literals;

namespace {

struct Fixture {
    test::FakeTimers timers;
    test::MemoryStore store;
    test::FakeWaker waker;
    NullSink sink;
    Log log{sink};
    Metrics metrics;
    registrar::RegistrarMetrics registrar_metrics{metrics};
    registrar::Bindings bindings{timers, store, log, registrar_metrics};
    std::optional<daemon::PushTests> tests;
    std::optional<Result<std::vector<admin::PushTest>>> answer;

    void add(registrar::BindingId id, const std::string& aor, const std::string& token) {
        registrar::Binding binding;
        binding.id = id;
        binding.aor = aor;
        binding.user_agent = "UA";
        if (!token.empty()) binding.push = {"apns", "TEAM.topic.voip", Secret(token)};
        binding.expires = binding.push_expires = timers.wall_now() + 24h;
        binding.registered = timers.wall_now();
        store.rows[id] = binding;
    }
    void start(std::string_view who) {
        REQUIRE(bindings.load());
        tests.emplace(timers, bindings, waker);
        tests->start(who, [this](auto result) { answer = std::move(result); });
    }
};

} // namespace

TEST_CASE_FIXTURE(Fixture,
                  "every device of the user that can be pushed is woken, and all answers come together") {
    add(1, "sip:1001@example.com", "t1");
    add(2, "sip:1001@example.com", "t2");
    add(3, "sip:1001@example.com", "");
    add(4, "sip:1002@example.com", "t4");
    start("1001");
    REQUIRE(waker.asked.size() == 2);
    CHECK(waker.asked[0].request.test);
    CHECK(waker.asked[0].request.deadline > timers.wall_now());
    timers.advance(80ms);
    waker.accept(1);
    CHECK_FALSE(answer);
    waker.answer(
        2,
        {.outcome = push::WakeOutcome::Unavailable, .status = 503, .reason = "Shutdown", .message_id = {}});
    REQUIRE(answer);
    REQUIRE(*answer);
    CHECK((*answer)->size() == 2);
    CHECK((**answer)[0].took == 80ms);
}

TEST_CASE_FIXTURE(Fixture, "a user is named by number, address or address of record") {
    add(1, "sip:1001@example.com", "t1");
    start("1001@Example.COM");
    CHECK(waker.asked.size() == 1);
    tests->start("sip:1001@example.com", [](const auto&) {});
    CHECK(waker.asked.size() == 2);
    tests->start("100", [this](auto result) { answer = std::move(result); });
    CHECK((*answer).error().message == "no device of 100 is registered");
}

TEST_CASE_FIXTURE(Fixture, "a token that the service calls dead is dropped") {
    add(1, "sip:1001@example.com", "t1");
    start("1001");
    waker.answer(1, {.outcome = push::WakeOutcome::TokenDead,
                     .status = 410,
                     .reason = "Unregistered",
                     .message_id = {},
                     .dead_since = timers.wall_now() + 1s});
    store.write();
    CHECK(answer);
    const auto binding = bindings.find(registrar::BindingId{1});
    CHECK((!binding || !binding->push.usable()));
}

TEST_CASE_FIXTURE(Fixture, "what is under way is cancelled with it") {
    add(1, "sip:1001@example.com", "t1");
    start("1001");
    tests.reset();
    CHECK(waker.cancelled == std::vector<push::WakeId>{1});
}

// SPDX-License-Identifier: Apache-2.0
#include "registrar/bindings.h"

#include <doctest/doctest.h>

#include "fakes/fake_locator.h"
#include "fakes/fake_timers.h"
#include "fakes/memory_store.h"

using namespace wakeline;
using namespace std::chrono_literals;
using registrar::Binding;
using registrar::Bindings;

namespace {

constexpr std::string_view kAlice = "sip:alice@example.com", kBob = "sip:bob@example.com";

struct Transcript final : registrar::BindingListener {
    void on_registered(const Binding& binding) override { log += "+" + std::to_string(binding.id) + " "; }
    void on_removed(const Binding& binding, std::string_view why) override {
        log += "-" + std::to_string(binding.id) + " (" + std::string(why) + ") ";
    }
    std::string take() { return std::exchange(log, {}); }
    std::string log;
};

struct Fixture {
    Fixture() { bindings.add_listener(listener); }

    Binding device(registrar::BindingId id, std::string_view aor = kAlice, bool push = true) {
        auto binding = test::FakeLocator::sleeping(id, std::string(aor));
        if (!push) binding.push = {};
        binding.registered = timers.wall_now();
        binding.expires = timers.wall_now() + 1h;
        binding.push_expires = push ? binding.expires + 24h : binding.expires;
        return binding;
    }
    void put(Binding binding) {
        bindings.commit({{std::move(binding)}, {}}, [](const Status&) {});
        store.write();
    }

    test::FakeTimers timers;
    test::MemoryStore store;
    NullSink sink;
    Log log{sink};
    Metrics metrics;
    registrar::RegistrarMetrics counters{metrics};
    Transcript listener;
    Bindings bindings{timers, store, log, counters};
};

} // namespace

TEST_SUITE_BEGIN("registrar/bindings");

TEST_CASE_FIXTURE(Fixture, "a binding is there when it is stored, not before; the phone hears first") {
    std::string order;
    bindings.commit({{device(1)}, {}}, [&](const Status& status) {
        order = status && bindings.find(1) ? "stored" : "?";
        CHECK(listener.log.empty());
    });
    CHECK(order.empty());
    CHECK_FALSE(bindings.find(1));
    store.write();
    CHECK(order == "stored");
    CHECK(listener.take() == "+1 ");
}

TEST_CASE_FIXTURE(Fixture, "what cannot be stored does not happen, and is counted") {
    put(device(1));
    listener.take();
    store.full = true;
    bool failed = false;
    bindings.commit({{device(2)}, {{1, "signed out"}}}, [&](const Status& status) { failed = !status; });
    store.write();
    CHECK(failed);
    CHECK(bindings.find(1));
    CHECK_FALSE(bindings.find(2));
    CHECK(listener.take().empty());
    CHECK(counters.store_failures.value() == 1);
}

TEST_CASE_FIXTURE(Fixture,
                  "a lost connection puts a device to sleep and removes nothing") { // proves: SBC-REG-04
    auto awake = device(1);
    awake.flow = 5;
    put(awake);
    CHECK(bindings.find_flow(5)->id == 1);
    bindings.on_flow_closed(5);
    REQUIRE(bindings.find(1));
    CHECK_FALSE(bindings.find(1)->awake());
    CHECK_FALSE(bindings.find_flow(5));
    CHECK(counters.awake.value() == 0);
}

TEST_CASE_FIXTURE(Fixture, "a connection that is lost while the binding is written is not believed in") {
    auto awake = device(1);
    awake.flow = 5;
    bindings.commit({{awake}, {}}, [](const Status&) {});
    bindings.on_flow_closed(5);
    store.write();
    CHECK_FALSE(bindings.find(1)->awake());
}

TEST_CASE_FIXTURE(Fixture, "at the end of its time a binding goes, at once and from the store") {
    // proves: SBC-REG-03
    put(device(1, kAlice, /*push=*/false));
    timers.advance(1h - 1s);
    CHECK(bindings.find(kAlice).size() == 1);
    listener.take();
    timers.advance(1s);
    CHECK(bindings.find(kAlice).empty());
    CHECK(bindings.known(kAlice)); // 480, not 404
    CHECK(listener.take() == "-1 (expired) ");
    store.write();
    CHECK(store.rows.empty());
    CHECK(counters.expired.value() == 1);
    CHECK(timers.pending() == 0);
}

TEST_CASE_FIXTURE(Fixture,
                  "the push data outlive the binding: a call can still wake the phone") { // scenario 40
    put(device(1));
    listener.take();
    timers.advance(2h);
    REQUIRE(bindings.find(kAlice).size() == 1);
    CHECK_FALSE(bindings.find(kAlice)[0].bound(timers.wall_now()));
    CHECK(bindings.find_upstream("wl-1"));
    CHECK(listener.take().empty());
    timers.advance(23h);
    CHECK(bindings.find(kAlice).empty());
    CHECK(listener.take() == "-1 (expired) ");
    CHECK(counters.expired.value() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a thousand that end together do not hold up the loop, and all go") {
    for (registrar::BindingId id = 1; id <= 2'500; ++id)
        bindings.commit({{device(id, kAlice, false)}, {}}, [](const Status&) {});
    store.write();
    CHECK(timers.pending() == 1);
    timers.advance(1h);
    CHECK(bindings.table().size() == 0);
}

TEST_CASE_FIXTURE(Fixture,
                  "after a restart everything is as it was, asleep") { // proves: SBC-REG-09; scenario 39
    auto awake = device(1);
    awake.flow = 5;
    put(awake);
    put(device(2, kBob, false));
    timers.advance(90min);
    Bindings restarted(timers, store, log, counters);
    REQUIRE(restarted.load());
    awake.flow = 0;
    CHECK(restarted.find(1) == awake);
    CHECK_FALSE(restarted.find(2)); // ended meanwhile
    CHECK(restarted.known(kBob));
    CHECK_FALSE(restarted.known("sip:carol@example.com"));
    store.write();
    CHECK(store.rows.size() == 1);
}

TEST_CASE_FIXTURE(Fixture,
                  "a token that another user registers leaves the first: no call of theirs rings there") {
    put(device(1, kAlice)); // scenario 38
    put(device(2, kBob));
    listener.take();
    auto taken = device(3, kBob);
    taken.push = device(1).push;
    put(taken);
    CHECK(bindings.find(kAlice).empty());
    CHECK(bindings.find(kBob).size() == 2);
    CHECK(listener.take() == "-1 (the device now belongs to sip:bob@example.com) +3 ");
    CHECK(store.rows.size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "after a restart a phone on UDP is reachable where it was, others sleep") {
    auto udp = device(1, kAlice, false), tls = device(2, kAlice, false);
    udp.transport = "UDP";
    udp.received = tls.received = "198.51.100.7:5060";
    put(udp);
    put(tls);
    Bindings restarted(timers, store, log, counters);
    REQUIRE(restarted.load());
    restarted.reopen_udp([](const net::SocketAddress& address) {
        CHECK(address.str() == "198.51.100.7:5060");
        return sip::FlowId{8};
    });
    CHECK(restarted.find_flow(8)->id == 1);
    CHECK_FALSE(restarted.find(2)->awake());
}

TEST_CASE_FIXTURE(Fixture, "who stands in the users file is known before the first REGISTER") {
    const registrar::Users users({{"alice", {}}, {"bob@example.com", {}}});
    CHECK_FALSE(bindings.known(kAlice));
    bindings.set_users(users);
    CHECK(bindings.known(kAlice));
    CHECK(bindings.known(kBob));
    CHECK_FALSE(bindings.known("sip:bob@other.example"));
    CHECK_FALSE(bindings.known("sip:carol@example.com"));
}

TEST_CASE_FIXTURE(Fixture,
                  "a dead token is dropped, unless it was registered again since") { // scenario 7, 16
    put(device(1));
    const auto dead_since = timers.wall_now();
    const auto push = device(1).push;
    SUBCASE("while the phone is bound it stays reachable by its connection") {
        bindings.token_dead(1, push, dead_since);
        REQUIRE(bindings.find(1));
        CHECK_FALSE(bindings.find(1)->push.usable());
        store.write();
        CHECK_FALSE(store.rows.at(1).push.usable());
        timers.advance(1h);
        CHECK_FALSE(bindings.find(1));
    }
    SUBCASE("when only the token was left, nothing remains") {
        timers.advance(2h);
        listener.take();
        bindings.token_dead(1, push, timers.wall_now());
        CHECK_FALSE(bindings.find(1));
        CHECK(listener.take() == "-1 (push token dead) ");
    }
    SUBCASE("registered again") {
        timers.advance(10s);
        put(device(1));
        bindings.token_dead(1, push, dead_since);
        CHECK(bindings.find(1)->push.usable());
    }
    SUBCASE("renewed") { // scenario 37
        auto renewed = device(1);
        renewed.push.prid = Secret("new");
        put(renewed);
        bindings.token_dead(1, push, timers.wall_now());
        CHECK(bindings.find(1)->push.usable());
    }
}

TEST_CASE_FIXTURE(Fixture, "the list shows everybody who can be reached, by user") { // proves: SBC-REG-13
    put(device(3, kBob));
    put(device(1, kBob, false));
    put(device(2, kAlice, false));
    const auto ids = [&] {
        std::string text;
        for (const Binding& binding : bindings.snapshot())
            text += std::to_string(binding.id) + " ";
        return text;
    };
    CHECK(ids() == "2 1 3 ");
    timers.advance(2h);
    CHECK(ids() == "3 "); // by push alone
}

TEST_CASE_FIXTURE(Fixture, "no token means no device, no flow means no device") {
    auto plain = device(1, kAlice, false);
    plain.upstream_contact.clear();
    put(plain);
    CHECK_FALSE(bindings.find_flow(0));
    CHECK_FALSE(bindings.find_upstream(""));
}

TEST_SUITE_END();

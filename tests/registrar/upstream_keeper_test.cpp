// SPDX-License-Identifier: Apache-2.0
#include "registrar/upstream_keeper.h"

#include "registrar_fixture.h"

using namespace wakeline;
using namespace wakeline::test;
using namespace std::chrono_literals;
using registrar::Binding;
using registrar::UpstreamKeeper;

namespace {

constexpr const char* kChallenge =
    R"(WWW-Authenticate: Digest realm="pbx", nonce="n1", qop="auth", algorithm=MD5)";

/// Alice's password is known, Bob's is not.
struct Fixture : RegistrarFixture {
    Fixture() { bindings.add_listener(relay); }

    /// The phone asks for an hour, the PBX grants less.
    Binding registered(registrar::BindingId id, std::string_view aor,
                       net::WallTime::duration upstream = 120s) {
        auto binding = FakeLocator::sleeping(id, std::string(aor));
        binding.registered = timers.wall_now();
        binding.expires = timers.wall_now() + 1h;
        binding.push_expires = binding.expires + 24h;
        binding.upstream_expires = timers.wall_now() + upstream;
        binding.upstream_cseq = 7;
        bindings.commit({{binding}, {}}, [](const Status&) {});
        store.write();
        return binding;
    }
    void grant(unsigned seconds) {
        pbx.answer(pbx.last().id, 9, 200,
                   "Contact: <sip:wl-1@192.0.2.1:5080>;expires=" + std::to_string(seconds));
        store.write();
    }
    Binding stored() {
        store.write();
        return store.rows.at(1);
    }

    registrar::Users users{{{"alice", registrar::User{.password = Secret("secret")}}}};
    struct Relay final : registrar::BindingListener {
        explicit Relay(Fixture& f) : fixture(f) {}
        void on_registered(const Binding& binding) override { fixture.keeper.on_registered(binding); }
        void on_removed(const Binding& binding, std::string_view why) override {
            fixture.keeper.on_removed(binding, why);
        }
        void on_doubted(const Binding& binding) override { fixture.keeper.doubt(binding); }
        Fixture& fixture;
    } relay{*this};
    UpstreamKeeper keeper{
        {.timers = timers,
         .bindings = bindings,
         .users = users,
         .upstreams = [this](const registrar::UpstreamWanted& wanted) { return around.upstreams(wanted); },
         .log = log,
         .metrics = counters}};
};

} // namespace

// proves: SBC-REG-05, SBC-AUTH-07
TEST_SUITE_BEGIN("registrar/upstream_keeper");

TEST_CASE_FIXTURE(Fixture,
                  "a sleeping phone is refreshed at the PBX before its grant ends, with its password") {
    registered(1, kAlice);
    registered(2, "sip:bob@example.com");
    CHECK(keeper.kept() == 1);
    timers.advance(89s);
    CHECK(pbx.requests.empty());
    timers.advance(1s);
    REQUIRE(pbx.requests.size() == 1);
    const auto first = pbx.last();
    CHECK(first.builder.uri() == "sip:example.com");
    CHECK(first.header("To") == "<sip:alice@example.com>");
    CHECK(first.header("Contact") == "<sip:wl-1@192.0.2.1:5080;transport=udp>;expires=3510");
    CHECK(first.header("CSeq") == "8 REGISTER");
    CHECK(first.header("Authorization") == "-");

    pbx.answer(first.id, 9, 401, kChallenge);
    const auto second = pbx.last();
    CHECK(second.header("CSeq") == "9 REGISTER");
    CHECK(second.header("Call-ID") == first.header("Call-ID"));
    CHECK(second.header("Authorization").find("username=\"alice\"") != std::string::npos);
    grant(120);
    CHECK(stored().upstream_cseq == 9);
    CHECK(stored().upstream_expires == timers.wall_now() + 120s);
    CHECK(stored().expires == timers.wall_now() + 3510s); // the phone's own time is as it was
    CHECK(counters.upstream_refreshes.value() == 1);
    timers.advance(90s);
    CHECK(pbx.requests.size() == 3);
}

TEST_CASE_FIXTURE(Fixture, "a sleeping phone is kept at the next PBX while the first one fails") {
    FakeNextHop backup("sip:backup.example.com"); // proves: SBC-TRN-11
    backup.named = "backup";
    around.second = &backup;
    registered(1, kAlice);
    timers.advance(90s);
    pbx.answer(pbx.last().id, 9, 503);
    REQUIRE(backup.requests.size() == 1);
    around.pbx = &backup; // who challenges is asked first the next time (trunk::Wanted::call_id)
    around.second = nullptr;
    backup.answer(backup.last().id, 9, 401, kChallenge);
    REQUIRE(backup.requests.size() == 2);
    CHECK(backup.last().header("Authorization").find("username=\"alice\"") != std::string::npos);
    backup.answer(backup.last().id, 9, 200, "Contact: <sip:wl-1@192.0.2.1:5080>;expires=120");
    store.write();
    CHECK(stored().upstream_trunk == "backup");
    CHECK(pbx.requests.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "when the phone's time ends the PBX is told, though its token is kept") {
    // proves: SBC-REG-03; scenario 40
    registered(1, kAlice, 2h);
    timers.advance(1h - 1s);
    CHECK(pbx.requests.empty());
    timers.advance(1s);
    REQUIRE(pbx.requests.size() == 1);
    CHECK(pbx.last().header("Contact") == "<sip:wl-1@192.0.2.1:5080;transport=udp>;expires=0");
    grant(0);
    CHECK(bindings.find(kAlice).size() == 1); // can still be woken
    timers.advance(2h);
    CHECK(pbx.requests.size() == 1);
}

TEST_CASE_FIXTURE(Fixture,
                  "a device that had to go is signed out at the PBX; one that signed out did so itself") {
    registered(1, kAlice, 1h);
    bindings.commit({{}, {{1, "more than max_devices"}}}, [](const Status&) {});
    store.write();
    REQUIRE(pbx.requests.size() == 1);
    CHECK(pbx.last().header("Expires") == "0");
    registered(1, kAlice, 1h);
    bindings.commit({{}, {{1, std::string(registrar::kSignedOut)}}}, [](const Status&) {});
    store.write();
    CHECK(pbx.requests.size() == 1);
    CHECK(keeper.kept() == 0);
}

TEST_CASE_FIXTURE(Fixture, "a PBX that is away is asked again until it answers, one that refuses is not") {
    const auto until_asked = [this](std::size_t times) {
        for (int i = 0; i < 40 && pbx.requests.size() < times; ++i)
            timers.advance(1s);
        return pbx.requests.size() == times;
    };
    registered(1, kAlice);
    timers.advance(90s);
    pbx.fail(pbx.last().id, sip::TxFailure::Timeout);
    timers.advance(19s);
    CHECK(pbx.requests.size() == 1);
    REQUIRE(until_asked(2));
    pbx.answer(pbx.last().id, 9, 503);
    REQUIRE(until_asked(3));
    pbx.up = false;
    pbx.fail(pbx.last().id, sip::TxFailure::Transport);
    timers.advance(10min);
    CHECK(pbx.requests.size() == 3);
    pbx.up = true;
    REQUIRE(until_asked(4));
    pbx.answer(pbx.last().id, 9, 403);
    timers.advance(30min);
    CHECK(pbx.requests.size() == 4);
    CHECK(counters.upstream_refresh_failures.value() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a wrong password is tried once, not for ever") {
    registered(1, kAlice);
    timers.advance(90s);
    pbx.answer(pbx.last().id, 9, 401, kChallenge);
    pbx.answer(pbx.last().id, 9, 401, kChallenge);
    CHECK(pbx.requests.size() == 2);
    CHECK(counters.upstream_refresh_failures.value() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a longer minimum of the PBX is taken") {
    auto binding = registered(1, kAlice, 3'000s);
    timers.advance(3'000s - 600s);
    pbx.answer(pbx.last().id, 9, 423, "Min-Expires: 1800");
    CHECK(pbx.last().header("Expires") == "1800");
    pbx.answer(pbx.last().id, 9, 423, "Min-Expires: 1800");
    CHECK(pbx.requests.size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "after the PBX was away everybody is registered again, a few at a time") {
    for (registrar::BindingId id = 1; id <= 120; ++id)
        registered(id, kAlice, 1h);
    keeper.doubt_all();
    timers.advance(1ms);
    CHECK(pbx.requests.size() == UpstreamKeeper::kAtATime);
    for (std::size_t i = 0; i < 120; ++i) {
        REQUIRE(pbx.requests.size() > i);
        pbx.answer(pbx.requests[i].id, 9, 200, "Expires: 3600");
        timers.advance(1ms);
    }
    CHECK(pbx.requests.size() == 120);
    CHECK(counters.upstream_refreshes.value() == 120);
}

TEST_CASE_FIXTURE(Fixture,
                  "a caller whom the PBX does not know is registered again, not at every wrong number") {
    registered(1, kAlice, 1h);
    bindings.doubt(1);
    timers.advance(1s);
    CHECK(pbx.requests.empty()); // registered a moment ago: it was the number that was wrong
    timers.advance(2min);
    bindings.doubt(1);
    timers.advance(1ms);
    CHECK(pbx.requests.size() == 1);
    bindings.doubt(99);
}

TEST_CASE_FIXTURE(Fixture,
                  "after a restart it goes on, and users that are known later are kept from then on") {
    users.replace({});
    registered(1, kAlice);
    CHECK(keeper.kept() == 0);
    users.replace(
        {{"alice@example.com", registrar::User{.ha1_md5 = Secret("00112233445566778899aabbccddeeff")}}});
    keeper.take_over();
    CHECK(keeper.kept() == 1);
    timers.advance(90s);
    pbx.answer(pbx.last().id, 9, 401, kChallenge);
    CHECK(pbx.last().header("Authorization").find("username=\"alice@example.com\"") != std::string::npos);
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include "trunk/configured_peers.h"

#include "trunk_fixture.h"

using namespace wakeline;
using namespace wakeline::test::trunk_rig;

TEST_SUITE_BEGIN("trunk/configured_peers");

namespace {

/// Trunks a, b and c at 10.0.0.1 to .3, each watched.
struct Trunks3 : Fixture {
    Trunks3() {
        for (const auto& [name, host] : {std::pair{"a", "10.0.0.1"}, {"b", "10.0.0.2"}, {"c", "10.0.0.3"}})
            trunks[name] = config_of("sip:" + std::string(host));
    }
    void open() {
        auto created = ConfiguredPeers::create(trunks, environment);
        REQUIRE(created);
        peers = *std::move(created);
        dns.run();
        while (!transport.sent.empty()) // OPTIONS
            answer(transport.take(), 200);
    }
    /// "a b c"
    std::string order(Wanted wanted = {.aor = "sip:1000@example.com"}) {
        std::string names;
        for (const Trunk* trunk : peers->choose(wanted))
            names += (names.empty() ? "" : " ") + trunk->name();
        return names;
    }
    /// The next OPTIONS to these are refused; the others answer.
    void ask(const std::string& down) {
        timers.advance(30s);
        while (!transport.sent.empty()) {
            const auto options = transport.take();
            const bool refuse = down.find(where(options)[7]) != std::string::npos;
            answer(options, refuse ? 503 : 200);
        }
    }

    trunk::Trunks trunks;
    std::unique_ptr<ConfiguredPeers> peers;
};

} // namespace

TEST_CASE_FIXTURE(Trunks3, "trunks are tried by priority, and those that are down last") {
    trunks["a"].priority = 3;
    trunks["b"].priority = 1;
    trunks["c"].priority = 2;
    open();
    CHECK(order() == "b c a");
    ask("2");
    CHECK(order() == "c a b");
    ask("");
    CHECK(order() == "b c a");
    CHECK(peers->route("sip:1000@example.com")->name() == "b");
}

TEST_CASE_FIXTURE(Trunks3, "within a priority users are shared by weight, and each stays where he is") {
    trunks.erase("c");
    trunks["a"].weight = 3;
    open();
    int at_a = 0;
    for (int number = 0; number < 2'000; ++number) {
        const std::string aor = "sip:" + std::to_string(number) + "@example.com";
        const std::string first = order({.aor = aor});
        CHECK(order({.aor = aor}) == first);
        at_a += first.starts_with('a');
    }
    CHECK(at_a > 1'400);
    CHECK(at_a < 1'600);
}

TEST_CASE_FIXTURE(Trunks3, "a trunk serves the domains that it claims, the others all the rest") {
    trunks["a"].domains = {"one.example"};
    trunks["b"].domains = {"two.example"};
    open();
    CHECK(order({.aor = "sip:1@ONE.example"}) == "a");
    CHECK(order({.aor = "sip:1@two.example"}) == "b");
    CHECK(order({.aor = "sip:1@three.example"}) == "c");
}

TEST_CASE_FIXTURE(Trunks3, "a backup stands in for its trunk and serves nobody else (proves: SBC-TRN-10)") {
    trunks["a"].backup = "c";
    trunks["b"].priority = 2;
    open();
    CHECK(order() == "a c b");
    ask("1");
    CHECK(order() == "c b a");
    ask("");
    CHECK(order() == "a c b");
}

TEST_CASE_FIXTURE(Trunks3, "one that is back is preferred again when it has held out") {
    trunks["a"].backup = "c";
    trunks["a"].timers.hold_down = 60s;
    trunks.erase("b");
    open();
    ask("1");
    CHECK(order() == "c a");
    ask("");
    CHECK(order() == "c a");
    ask("");
    ask("");
    CHECK(order() == "a c");
}

TEST_CASE_FIXTURE(Trunks3, "credentials go to the trunk that asked for them (scenario 53)") {
    trunks["a"].priority = 1;
    trunks["b"].priority = trunks["c"].priority = 2;
    open();
    Trunk* c = peers->find("c");
    static_cast<void>(c->send(request(), user));
    timers.advance(0s);
    answer(transport.take(), 407);
    CHECK(order({.aor = "sip:1000@example.com", .call_id = "c1"}).starts_with("c "));
    CHECK(order({.aor = "sip:1000@example.com", .call_id = "c2"}).starts_with("a "));
    CHECK(order({.aor = "sip:1000@example.com", .granted_by = "c"}).starts_with("c "));
    timers.advance(31s);
    while (!transport.sent.empty())
        answer(transport.take(), 200);
    CHECK(order({.aor = "sip:1000@example.com", .call_id = "c1"}).starts_with("a "));
}

TEST_CASE_FIXTURE(Trunks3, "a source is known by its address, its port, its network or its certificate") {
    trunks["b"].accept_from = {"192.0.2.0/25", "2001:db8::/32"};
    trunks["c"].accept_names = {"pbx.example.com"};
    trunks["d"] = config_of("sip:10.0.0.1:5070");
    open();
    const auto from = [this](std::string_view remote, sip::Side side) {
        return *transport.info(transport.add(TransportKind::Tcp, side, remote));
    };
    CHECK(peers->match(from("10.0.0.2:33333", sip::Side::Trunk)) == "b");
    CHECK(peers->match(from("10.0.0.1:5060", sip::Side::Trunk)) == "a");
    CHECK(peers->match(from("10.0.0.1:5070", sip::Side::Trunk)) == "d");
    CHECK(peers->match(from("192.0.2.127:1", sip::Side::Trunk)) == "b");
    CHECK(peers->match(from("[2001:db8:1::5]:1", sip::Side::Trunk)) == "b");
    CHECK(peers->match(from("192.0.2.128:1", sip::Side::Trunk)).empty());
    CHECK(peers->match(from("10.0.0.7:5060", sip::Side::Trunk)).empty());
    CHECK(peers->match(from("10.0.0.2:5060", sip::Side::Access)).empty());
    sip::FlowInfo stranger = from("198.51.100.9:40000", sip::Side::Trunk);
    stranger.peer_identity = "sip:other.example pbx.example.com";
    CHECK(peers->match(stranger).empty());
    stranger.mutual = true;
    CHECK(peers->match(stranger) == "c");
    CHECK(peers->snapshot().size() == 4);
    CHECK(peers->snapshot()[0].name == "a");
    CHECK(peers->hosts().front() == "10.0.0.1");
}

TEST_CASE_FIXTURE(Fixture, "a node without a trunk has no route") {
    auto created = ConfiguredPeers::create({}, environment);
    REQUIRE(created);
    CHECK((*created)->route("sip:1000@example.com") == nullptr);
}

TEST_CASE_FIXTURE(Fixture, "every trunk that leads nowhere is named") {
    TrunkConfig bad = config_of("sip:x;transport=sctp");
    TrunkConfig worse = config_of("pbx");
    const auto created = ConfiguredPeers::create({{"one", bad}, {"two", worse}}, environment);
    REQUIRE_FALSE(created);
    CHECK(created.error().message.starts_with("trunk one: \"sip:x;transport=sctp\" wants a transport"));
    CHECK(created.error().message.find("; trunk two: ") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "what makes no sense in numbers and networks is named") {
    TrunkConfig bad = config_of("sip:x");
    bad.numbers.rules = {{.prefix = {}, .regex = "(", .replace = {}}};
    CHECK(Peer::create("one", bad, environment)
              .error()
              .message.starts_with("trunk one: numbers.rules[0]: regex"));
    TrunkConfig worse = config_of("sip:x");
    worse.accept_from = {"10.0.0.0/33"};
    CHECK(Peer::create("two", worse, environment).error().message.find("10.0.0.0/33") != std::string::npos);
}

TEST_SUITE_END();

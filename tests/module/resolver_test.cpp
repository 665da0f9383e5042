// SPDX-License-Identifier: Apache-2.0
#include "net/resolver.h"

#include <doctest/doctest.h>

#include <optional>

#include "fakes/dns_server.h"
#include "fakes/run_until.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::net;
using wakeline::test::DnsServer;
using wakeline::test::run_until;

namespace {

struct World {
    explicit World(Duration timeout = 2s) {
        auto made = Resolver::create(loop, {.servers = dns.address(), .timeout = timeout, .tries = 2});
        REQUIRE_MESSAGE(made, made.error().message);
        resolver = *std::move(made);
    }

    template <class T>
    Result<std::vector<T>> ask(Resolver::QueryId (Resolver::*question)(const std::string&,
                                                                       Resolver::Answer<T>),
                               const std::string& name) {
        std::optional<Result<std::vector<T>>> answer;
        (resolver.get()->*question)(name, [&](Result<std::vector<T>> result) { answer = std::move(result); });
        CHECK_FALSE(answer); // never inside the query
        REQUIRE(run_until(loop, [&] { return answer.has_value(); }));
        return *std::move(answer);
    }
    std::string addresses(const std::string& name) {
        const auto answer = ask<SocketAddress>(&Resolver::addresses, name);
        if (!answer) return answer.error().message;
        std::string all;
        for (const SocketAddress& address : *answer)
            all += (all.empty() ? "" : " ") + address.ip();
        return all;
    }

    EventLoop loop;
    DnsServer dns{loop};
    std::unique_ptr<Resolver> resolver;
};

} // namespace

TEST_SUITE_BEGIN("module/resolver");

TEST_CASE("NAPTR, SRV and addresses are read as RFC 3263 needs them") {
    World world;
    world.dns.naptr("example.com", {10, 20}, "s", "SIPS+D2T", "_sips._tcp.example.com");
    world.dns.naptr("example.com", {30, 40}, "S", "SIP+D2U", "_sip._udp.example.com");
    world.dns.srv("_sips._tcp.example.com", {1, 2, 5061}, "pbx.example.com");
    world.dns.a("pbx.example.com", 0xC0000205);
    world.dns.aaaa("pbx.example.com", std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + "\x05");
    world.dns.a("pbx.example.com", 0xC0000206);

    const auto naptr = world.ask<NaptrRecord>(&Resolver::naptr, "example.com");
    REQUIRE(naptr);
    REQUIRE(naptr->size() == 2);
    CHECK((*naptr)[0].order == 10);
    CHECK((*naptr)[0].preference == 20);
    CHECK((*naptr)[0].flags == "s");
    CHECK((*naptr)[0].service == "SIPS+D2T");
    CHECK((*naptr)[0].regexp == "");
    CHECK((*naptr)[0].replacement == "_sips._tcp.example.com");

    const auto srv = world.ask<SrvRecord>(&Resolver::srv, "_sips._tcp.example.com");
    REQUIRE(srv);
    REQUIRE(srv->size() == 1);
    CHECK((*srv)[0].priority == 1);
    CHECK((*srv)[0].weight == 2);
    CHECK((*srv)[0].port == 5061);
    CHECK((*srv)[0].target == "pbx.example.com");

    CHECK(world.addresses("pbx.example.com") == "192.0.2.5 192.0.2.6 2001:db8::5");
}

TEST_CASE("numbers and names of /etc/hosts are answered without what a server says") {
    World world;
    CHECK(world.addresses("192.0.2.9") == "192.0.2.9");
    CHECK(world.addresses("2001:db8::9") == "2001:db8::9");
    CHECK(world.dns.queries == 0);
    CHECK(world.addresses("localhost").find("127.0.0.1") == 0); // may ask for more families
}

TEST_CASE("no such name, no such record and a silent server are three different answers") {
    World world(50ms);
    world.dns.a("host.example.com", 0xC0000201);
    const auto no_name = world.ask<SrvRecord>(&Resolver::srv, "nowhere.example.com");
    REQUIRE_FALSE(no_name);
    CHECK(no_name.error().code == ErrorCode::NotFound);
    const auto no_record = world.ask<NaptrRecord>(&Resolver::naptr, "host.example.com");
    REQUIRE_FALSE(no_record);
    CHECK(no_record.error().code == ErrorCode::NotFound);
    world.dns.silent = true;
    const auto silence = world.ask<SrvRecord>(&Resolver::srv, "host.example.com");
    REQUIRE_FALSE(silence);
    CHECK(silence.error().code == ErrorCode::Timeout);
    CHECK(silence.error().message == "no DNS server answers for host.example.com");
    CHECK(world.addresses("host.example.com") == "no DNS server answers for host.example.com");
}

TEST_CASE("what can be no name is refused, later") {
    World world;
    const auto answer = world.ask<SrvRecord>(&Resolver::srv, "_sip._udp..example.com");
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::InvalidInput);
}

TEST_CASE("an answer too long for UDP is fetched by TCP") {
    World world;
    for (unsigned i = 0; i < 200; ++i)
        world.dns.srv("_sip._tcp.example.com", {i, 0, 5060},
                      "a-rather-long-name-" + std::to_string(i) + ".example.com");
    world.dns.truncate = true;
    const auto srv = world.ask<SrvRecord>(&Resolver::srv, "_sip._tcp.example.com");
    REQUIRE(srv);
    CHECK(srv->size() == 200);
    CHECK(world.dns.tcp_queries == 1);
}

TEST_CASE("a cancelled query calls nobody, not even when its answer is there") {
    World world;
    world.dns.a("host.example.com", 0xC0000201);
    int calls = 0;
    const auto count = [&](Result<std::vector<SocketAddress>>) { ++calls; };
    world.resolver->cancel(world.resolver->addresses("192.0.2.9", count)); // answered, not yet told
    world.resolver->cancel(world.resolver->addresses("host.example.com", count));
    CHECK(world.addresses("host.example.com") == "192.0.2.1");
    CHECK(calls == 0);
}

TEST_CASE("a resolver with open queries may be destroyed") {
    World world;
    world.dns.silent = true;
    bool called = false;
    world.resolver->srv("host.example.com", [&](Result<std::vector<SrvRecord>>) { called = true; });
    REQUIRE(run_until(world.loop, [&] { return world.dns.queries > 0; }));
    world.resolver.reset();
    test::run_for(world.loop, 10ms);
    CHECK_FALSE(called);
}

TEST_CASE("servers that cannot be are an error that shows them") {
    EventLoop loop;
    const auto made = Resolver::create(loop, {.servers = "nonsense"});
    REQUIRE_FALSE(made);
    CHECK(made.error().message.find("DNS servers \"nonsense\": ") == 0);
}

TEST_SUITE_END();

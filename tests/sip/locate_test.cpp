// SPDX-License-Identifier: Apache-2.0
#include "sip/locate.h"

#include <doctest/doctest.h>

#include <map>

#include "fakes/fake_resolver.h"

using namespace wakeline;
using namespace wakeline::sip;

namespace {

/// What DNS was asked, and where it leads: "udp 192.0.2.1:5060, ..." or the error.
struct Fixture {
    std::string locate(std::string_view uri) {
        std::string outcome = "nothing";
        auto search = Locate::start(
            dns, *Uri::parse(uri), [&](auto found) { outcome = describe(found); },
            [this](std::uint32_t bound) { return pick % bound; });
        if (!search) return search.error().message;
        CHECK(outcome == "nothing"); // never inside the call
        dns.run();
        return outcome;
    }
    static std::string describe(const Result<std::vector<FlowTarget>>& found) {
        if (!found) return found.error().message;
        std::string text;
        for (const FlowTarget& target : *found) {
            text.append(text.empty() ? "" : ", ").append(via_name(target.kind)).append(" ");
            text.append(target.remote.str());
            if (!target.tls_name.empty()) text.append(" as ").append(target.tls_name);
        }
        return text;
    }

    test::FakeResolver dns;
    std::uint32_t pick = 0;
};

} // namespace

TEST_SUITE_BEGIN("sip/locate");

TEST_CASE_FIXTURE(Fixture, "a numeric host is where it says, by the transport it says (RFC 3263 4.1, 4.2)") {
    CHECK(locate("sip:10.0.0.5") == "UDP 10.0.0.5:5060");
    CHECK(locate("sip:10.0.0.5:5080;transport=tcp") == "TCP 10.0.0.5:5080");
    CHECK(locate("sip:10.0.0.5;transport=tls") == "TLS 10.0.0.5:5061 as 10.0.0.5");
    CHECK(locate("sips:10.0.0.5") == "TLS 10.0.0.5:5061 as 10.0.0.5");
    CHECK(locate("sips:10.0.0.5;transport=TCP") == "TLS 10.0.0.5:5061 as 10.0.0.5");
    CHECK(locate("sip:[2001:db8::5]:5080") == "UDP [2001:db8::5]:5080");
}

TEST_CASE_FIXTURE(Fixture, "a port skips NAPTR and SRV") {
    dns.host("pbx.example.com", {"192.0.2.1", "2001:db8::1"});
    CHECK(locate("sip:pbx.example.com:5080") == "UDP 192.0.2.1:5080, UDP [2001:db8::1]:5080");
    CHECK(dns.take_asked() == "A pbx.example.com");
    CHECK(locate("sip:pbx.example.com:5080;transport=tls") ==
          "TLS 192.0.2.1:5080 as pbx.example.com, TLS [2001:db8::1]:5080 as pbx.example.com");
}

TEST_CASE_FIXTURE(Fixture, "a transport skips NAPTR (proves: SBC-TRN-09, SBC-DNS-04)") {
    dns.srvs["_sips._tcp.example.com"] = {{20, 0, 5071, "b.example.com"}, {10, 0, 5061, "a.example.com"}};
    dns.host("a.example.com", {"192.0.2.1"});
    dns.host("b.example.com", {"192.0.2.2"});
    CHECK(locate("sip:example.com;transport=tls") ==
          "TLS 192.0.2.1:5061 as example.com, TLS 192.0.2.2:5071 as example.com");
    CHECK(dns.take_asked() == "SRV _sips._tcp.example.com, A a.example.com, A b.example.com");
}

TEST_CASE_FIXTURE(Fixture, "NAPTR chooses the service, by order and preference") {
    dns.naptrs["example.com"] = {{50, 50, "s", "SIP+D2U", "", "_sip._udp.example.com"},
                                 {10, 50, "s", "SIP+D2X", "", "_sip._sctp.example.com"},
                                 {50, 10, "S", "sip+d2t", "", "_sip._tcp.example.com"},
                                 {5, 1, "u", "E2U+sip", "!x!y!", ""}};
    dns.srvs["_sip._tcp.example.com"] = {{0, 0, 5062, "a.example.com"}};
    dns.host("a.example.com", {"192.0.2.1"});
    CHECK(locate("sip:example.com") == "TCP 192.0.2.1:5062");
    CHECK(dns.take_asked() == "NAPTR example.com, SRV _sip._tcp.example.com, A a.example.com");
}

TEST_CASE_FIXTURE(Fixture, "a sips URI takes no service but TLS") {
    dns.naptrs["example.com"] = {{1, 1, "s", "SIP+D2U", "", "_sip._udp.example.com"},
                                 {2, 1, "s", "SIPS+D2T", "", "_sips._tcp.other.example.com"}};
    dns.srvs["_sips._tcp.other.example.com"] = {{0, 0, 5061, "a.example.com"}};
    dns.host("a.example.com", {"192.0.2.1"});
    CHECK(locate("sips:example.com") == "TLS 192.0.2.1:5061 as example.com");
}

TEST_CASE_FIXTURE(Fixture, "without NAPTR the SRV names of our transports are asked for, UDP first") {
    dns.srvs["_sip._tcp.example.com"] = {{0, 0, 5062, "a.example.com"}};
    dns.host("a.example.com", {"192.0.2.1"});
    CHECK(locate("sip:example.com") == "TCP 192.0.2.1:5062");
    CHECK(dns.take_asked() ==
          "NAPTR example.com, SRV _sip._udp.example.com, SRV _sip._tcp.example.com, A a.example.com");
}

TEST_CASE_FIXTURE(Fixture, "without SRV the name itself is asked for, on the default port") {
    dns.host("example.com", {"192.0.2.1"});
    CHECK(locate("sip:example.com") == "UDP 192.0.2.1:5060");
    CHECK(locate("sip:example.com;transport=tcp") == "TCP 192.0.2.1:5060");
    CHECK(locate("sips:example.com") == "TLS 192.0.2.1:5061 as example.com");
}

TEST_CASE_FIXTURE(Fixture, "maddr is where to go, the host stays what the certificate must say") {
    CHECK(locate("sips:example.com;maddr=192.0.2.9") == "TLS 192.0.2.9:5061 as example.com");
}

TEST_CASE_FIXTURE(Fixture, "a target without address is passed over") {
    dns.srvs["_sip._udp.example.com"] = {{1, 0, 5060, "gone.example.com"}, {2, 0, 5060, "b.example.com"}};
    dns.host("b.example.com", {"192.0.2.2"});
    CHECK(locate("sip:example.com;transport=udp") == "UDP 192.0.2.2:5060");
}

TEST_CASE_FIXTURE(Fixture, "what cannot be found says what DNS said") {
    CHECK(locate("sip:nowhere.example.com:5060") ==
          "no address for nowhere.example.com: no such record: nowhere.example.com");
    dns.srvs["_sip._udp.example.com"] = {{0, 0, 0, "."}};
    CHECK(locate("sip:example.com;transport=udp") ==
          "no address for example.com: _sip._udp.example.com says that there is no such service");
    dns.dead = true;
    CHECK(locate("sip:example.com").starts_with("no address for example.com: no DNS server answered"));
}

TEST_CASE_FIXTURE(Fixture, "a URI that leads nowhere is refused at once") {
    CHECK(locate("tel:+358") == "\"tel:+358\" is not a sip: or sips: address");
    CHECK(locate("sip:example.com;transport=ws") ==
          "\"sip:example.com;transport=ws\" wants a transport other than udp, tcp and tls");
    CHECK(locate("sips:example.com;transport=udp") ==
          "\"sips:example.com;transport=udp\" wants TLS and UDP at once");
    CHECK(dns.waiting() == 0);
}

TEST_CASE_FIXTURE(Fixture, "a hostile answer is cut to what is worth trying") {
    auto& records = dns.srvs["_sip._udp.example.com"];
    for (unsigned i = 0; i < 100; ++i)
        records.push_back({1, 0, 5060, "many.example.com"});
    auto& addresses = dns.hosts["many.example.com"];
    for (unsigned i = 0; i < 100; ++i)
        addresses.push_back(*net::SocketAddress::parse("192.0.2." + std::to_string(i), 0));
    std::size_t count = 0;
    auto search = Locate::start(dns, *Uri::parse("sip:example.com;transport=udp"),
                                [&](auto found) { count = found->size(); });
    dns.run();
    CHECK(count == 16);
}

TEST_CASE_FIXTURE(Fixture, "an abandoned search asks no more and answers nobody") {
    auto search = Locate::start(dns, *Uri::parse("sip:example.com"), [](auto) { FAIL("answered"); });
    search = Error{ErrorCode::NotFound, {}};
    CHECK(dns.waiting() == 0);
    dns.run();
}

TEST_CASE("within a priority the chance of an SRV record is its weight (RFC 2782)") {
    const std::vector<net::SrvRecord> records{
        {1, 60, 1, "a"}, {1, 30, 1, "b"}, {1, 10, 1, "c"}, {1, 0, 1, "z"}, {0, 0, 1, "first"}};
    std::map<std::string, int> second;
    for (std::uint32_t drawn = 0; drawn <= 100; ++drawn) {
        const auto order =
            in_order(records, [drawn](std::uint32_t bound) { return bound == 101 ? drawn : bound - 1; });
        REQUIRE(order.size() == 5);
        CHECK(order[0].target == "first");
        ++second[order[1].target];
    }
    CHECK(second == std::map<std::string, int>{{"a", 60}, {"b", 30}, {"c", 10}, {"z", 1}});
}

TEST_SUITE_END();

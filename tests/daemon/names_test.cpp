// SPDX-License-Identifier: Apache-2.0
#include "daemon/names.h"

#include <doctest/doctest.h>

#include "fakes/fake_resolver.h"
#include "fakes/fake_timers.h"
#include "push/hosts.h"

using namespace wakeline;
using namespace std::chrono_literals;
using daemon::Names;

namespace {

struct Fixture {
    Fixture() {
        config.trunks["pbx"].uri = "sip:pbx.example.com;transport=udp";
        config.trunks["other"].uri = "sip:192.0.2.5:5060";
        push::AppConfig ios;
        ios.provider = push::Provider::Apns;
        config.push.apps["ios"] = ios;
        config.push.apps["tablet"] = ios;
        dns.host("pbx.example.com", {"192.0.2.1"});
        dns.host("api.push.apple.com", {"198.51.100.1", "2001:db8::1"});
    }
    /// "name=addresses/failure" of each.
    std::string shown() const {
        std::string all;
        for (const admin::NameStatus& name : names.snapshot()) {
            all += name.host + '=';
            for (const std::string& address : name.addresses)
                all += address + ' ';
            all += name.failure.empty() ? "" : "/failing";
            all += "; ";
        }
        return all;
    }

    test::FakeTimers timers;
    test::FakeResolver dns;
    NullSink sink;
    Log log{sink};
    Metrics metrics;
    config::Config config;
    Names names{{timers, dns, log, metrics}};
};

} // namespace

// proves: SBC-DNS-02, SBC-DNS-03
TEST_SUITE_BEGIN("daemon/names");

TEST_CASE_FIXTURE(Fixture, "trunks and push services are looked up, each name once, addresses not at all") {
    names.watch(config);
    CHECK_FALSE(names.settled());
    dns.run();
    CHECK(names.settled());
    CHECK(shown() == "pbx.example.com=192.0.2.1:5060 ; api.push.apple.com=198.51.100.1 2001:db8::1 ; ");
    CHECK(names.addresses("api.push.apple.com") == "198.51.100.1,2001:db8::1");
    CHECK(names.addresses("elsewhere.example") == "");
    CHECK(names.snapshot()[1].setting == "push.apps.ios");
}

TEST_CASE_FIXTURE(Fixture, "when DNS fails the earlier addresses are used, and the name is reported") {
    names.watch(config);
    dns.run();
    dns.dead = true;
    timers.advance(60s);
    dns.run();
    CHECK(shown() == "pbx.example.com=192.0.2.1:5060 /failing; "
                     "api.push.apple.com=198.51.100.1 2001:db8::1 /failing; ");
    CHECK(names.addresses("api.push.apple.com") == "198.51.100.1,2001:db8::1");
    dns.dead = false;
    dns.hosts["api.push.apple.com"] = {*net::SocketAddress::parse("198.51.100.9", 0)};
    timers.advance(10s);
    dns.run();
    CHECK(names.addresses("api.push.apple.com") == "198.51.100.9");
    CHECK(shown().find("failing") == std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a name that nobody knows is settled, too") {
    dns.hosts.clear();
    names.watch(config);
    dns.run();
    CHECK(names.settled());
    CHECK(shown() == "pbx.example.com=/failing; api.push.apple.com=/failing; ");
}

TEST_CASE_FIXTURE(Fixture, "a reload keeps what stays, forgets what goes, and asks for what is new") {
    names.watch(config);
    dns.run();
    dns.take_asked();
    config.trunks.erase("pbx");
    config.push.apps["android"].provider = push::Provider::Fcm;
    names.watch(config);
    CHECK(names.addresses("api.push.apple.com") == "198.51.100.1,2001:db8::1");
    CHECK(dns.take_asked() == "A fcm.googleapis.com, A oauth2.googleapis.com");
    names.watch({}); // with questions under way
    dns.run();
    CHECK(names.snapshot().empty());
}

TEST_CASE("an app's hosts are its service's, its endpoint's, or the proxy's") {
    using Hosts = std::vector<std::string>;
    push::AppConfig app;
    CHECK(push::hosts_of(app, {}) == Hosts{"api.push.apple.com"});
    app.sandbox = true;
    CHECK(push::hosts_of(app, {}) == Hosts{"api.sandbox.push.apple.com"});
    app.endpoint = "https://[2001:db8::7]:8443";
    CHECK(push::hosts_of(app, {}) == Hosts{"2001:db8::7"});
    app.proxy = "http://proxy.example:3128";
    CHECK(push::hosts_of(app, {}) == Hosts{"proxy.example"});
    push::AppConfig hook;
    hook.provider = push::Provider::Webhook;
    hook.url = "https://hook.example/push?x=1";
    CHECK(push::hosts_of(hook, {}) == Hosts{"hook.example"});
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include "registrar/failed_logins.h"

#include <doctest/doctest.h>

#include "fakes/fake_timers.h"

using namespace wakeline;
using namespace std::chrono_literals;
using registrar::FailedLogins;

namespace {

FailedLogins::Source source(const std::string& address, std::string_view user) {
    return {*net::SocketAddress::parse(address, 5061), user};
}

struct Fixture {
    Fixture() { logins.configure({.most = 3, .block = 5min}); }
    void fail(int times, const std::string& address, std::string_view user) {
        for (int i = 0; i < times; ++i)
            logins.failed(source(address, user));
    }

    test::FakeTimers timers;
    NullSink sink;
    Log log{sink};
    Metrics metrics;
    registrar::RegistrarMetrics counters{metrics};
    FailedLogins logins{timers, log, counters};
};

} // namespace

// proves: SBC-AUTH-05
TEST_SUITE_BEGIN("registrar/failed_logins");

TEST_CASE_FIXTURE(Fixture, "a user is blocked at the address that guesses, and nowhere else") {
    fail(2, "198.51.100.7", "alice");
    CHECK_FALSE(logins.blocked(source("198.51.100.7", "alice")));
    fail(1, "198.51.100.7", "alice");
    CHECK(logins.blocked(source("198.51.100.7", "alice")));
    CHECK_FALSE(logins.blocked(source("198.51.100.7", "bob")));
    CHECK_FALSE(logins.blocked(source("198.51.100.8", "alice")));
    CHECK(counters.authentication_failures.value() == 3);
    CHECK(counters.blocked.value() == 1);
    REQUIRE(logins.snapshot().size() == 1);
    CHECK(logins.snapshot()[0].address == "198.51.100.7");
    CHECK(logins.snapshot()[0].user == "alice");
}

TEST_CASE_FIXTURE(Fixture, "an address that tries many users is blocked as a whole; an IPv6 one by its /64") {
    for (int user = 0; user < 30; ++user)
        fail(1, "2001:db8::" + std::to_string(user + 1), std::to_string(1000 + user));
    CHECK(logins.blocked(source("2001:db8::ffff", "somebody")));
    CHECK_FALSE(logins.blocked(source("2001:db8:0:1::1", "somebody")));
    REQUIRE(logins.snapshot().size() == 1);
    CHECK(logins.snapshot()[0].user.empty());
}

TEST_CASE_FIXTURE(Fixture,
                  "answers come ever later, but never very late, also when the guesses come from all over") {
    logins.configure({.most = 100, .block = 5min});
    std::vector<net::Duration> delays;
    for (int i = 0; i < 9; ++i)
        delays.push_back(logins.failed(source("198.51.100." + std::to_string(i + 1), "alice")));
    CHECK(delays == std::vector<net::Duration>{0ms, 0ms, 250ms, 500ms, 1s, 2s, 4s, 4s, 4s});
}

TEST_CASE_FIXTURE(Fixture, "time forgets, and so does the right password") {
    fail(3, "198.51.100.7", "alice");
    timers.advance(5min - 1s);
    CHECK(logins.blocked(source("198.51.100.7", "alice")));
    timers.advance(1s);
    CHECK_FALSE(logins.blocked(source("198.51.100.7", "alice")));

    for (int i = 0; i < 50; ++i) { // an office whose phones start with a nonce that has run out
        fail(1, "198.51.100.9", std::to_string(i));
        logins.succeeded(source("198.51.100.9", std::to_string(i)));
    }
    CHECK_FALSE(logins.blocked(source("198.51.100.9", "bob")));
    CHECK(logins.failed(source("198.51.100.9", "bob")) == 0ms);
}

TEST_CASE_FIXTURE(Fixture, "memory is bounded: who failed longest ago is forgotten first") {
    logins.configure({.most = 1, .block = 5min});
    fail(1, "198.51.100.7", "first");
    for (std::size_t i = 0; i < FailedLogins::kMostEntries; ++i)
        logins.failed(source("203.0.113.1", std::to_string(i)));
    CHECK(logins.size() == FailedLogins::kMostEntries);
    CHECK_FALSE(logins.blocked(source("198.51.100.7", "first")));
}

TEST_CASE_FIXTURE(Fixture, "it can be switched off") {
    logins.configure({.most = 0});
    fail(1'000, "198.51.100.7", "alice");
    CHECK_FALSE(logins.blocked(source("198.51.100.7", "alice")));
    CHECK(logins.size() == 0);
    CHECK(counters.authentication_failures.value() == 1'000);
}

TEST_SUITE_END();

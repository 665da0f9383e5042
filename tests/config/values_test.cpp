// SPDX-License-Identifier: Apache-2.0
#include "config/values.h"

#include <doctest/doctest.h>

using namespace wakeline::config;
using namespace std::chrono_literals;
using Time = Kind<std::chrono::milliseconds>;

TEST_CASE("times carry their unit, and zero needs none") {
    CHECK(Time::parse("500ms") == 500ms);
    CHECK(Time::parse("25s") == 25s);
    CHECK(Time::parse("2m") == 2min);
    CHECK(Time::parse("12h") == 12h);
    CHECK(Time::parse("30d") == 720h);
    CHECK(Time::parse("0") == 0ms);
    for (const char* bad : {"", "15", "-1s", "1.5s", "1 s", "s", "99999999999s", "1w"})
        CHECK_FALSE(Time::parse(bad));
    CHECK(Time::parse("4294967295d")); // the largest of the type does not overflow
}

TEST_CASE("times are shown in the largest unit that fits") {
    CHECK(Time::show(0ms) == "0s");
    CHECK(Time::show(1500ms) == "1500ms");
    CHECK(Time::show(90s) == "90s");
    CHECK(Time::show(604'800s) == "7d");
}

TEST_CASE("short times may be in microseconds") {
    using Short = Kind<std::chrono::microseconds>;
    CHECK(Short::parse("500us") == 500us);
    CHECK(Short::parse("1ms") == 1ms);
    CHECK(Short::parse("0") == 0us);
    for (const auto* bad : {"", "us", "-1us", "1.5us", "500", "500 us", "99999999999us"})
        CHECK_FALSE(Short::parse(bad).has_value());
    CHECK(Short::show(500us) == "500us");
    CHECK(Short::show(2'000us) == "2ms");
    CHECK(Short::show(0us) == "0s");
}

TEST_CASE("addresses, hosts and servers are told from nonsense") {
    CHECK(kIpAddress.holds("2001:db8::1"));
    CHECK_FALSE(kIpAddress.holds("localhost"));
    CHECK(kIpAndPort.holds("[::1]:5060"));
    CHECK_FALSE(kIpAndPort.holds("10.0.0.1"));
    CHECK_FALSE(kIpAndPort.holds("10.0.0.1:0"));
    CHECK(kHost.holds("sbc.example.com"));
    CHECK_FALSE(kHost.holds("sbc example"));
    CHECK(kLoopback.holds("127.0.0.1:9180"));
    CHECK(kLoopback.holds("off"));
    CHECK_FALSE(kLoopback.holds("0.0.0.0:9180"));
    CHECK(kHttpsUrl.holds("https://127.0.0.1:8443"));
    CHECK(kHttpsUrl.holds("https://[::1]:8443"));
    CHECK(kHttpsUrl.holds("https://api.push.apple.com"));
    CHECK_FALSE(kHttpsUrl.holds("http://127.0.0.1:8443"));
    CHECK_FALSE(kHttpsUrl.holds("https://user:secret@host"));
    CHECK_FALSE(kHttpsUrl.holds("https://host:99999"));
    CHECK(kPortRange.holds("10000-19999"));
    CHECK_FALSE(kPortRange.holds("19999-10000"));
    CHECK_FALSE(kPortRange.holds("80-90"));
}

// SPDX-License-Identifier: Apache-2.0
#include "push/apns_token.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "fakes/fake_timers.h"
#include "push/keys.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::push;

namespace {

/// A clock whose calendar can be set apart from its steady time, as NTP does it.
struct JumpingClock final : net::TimerQueue {
    net::TimePoint steady{};
    net::WallTime wall = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};

    void advance(net::Duration by) {
        steady += by;
        wall += std::chrono::duration_cast<net::WallTime::duration>(by);
    }
    net::TimePoint now() const override { return steady; }
    net::WallTime wall_now() const override { return wall; }
    Id schedule(net::Duration, Callback) override { return 0; }
    void cancel(Id) noexcept override {}
};

struct Fixture {
    JumpingClock clock;
    ApnsToken token{
        clock, *SigningKey::parse(test::pem_of(test::make_ec("P-256").get()), SigningKey::Algorithm::Es256),
        "ABC123DEFG", "TEAM123456"};
};

} // namespace

TEST_SUITE_BEGIN("push/apns_token");

TEST_CASE_FIXTURE(Fixture, "the provider token says who we are and when it was made, and nothing else") {
    const test::Jwt jwt(token.current().text);
    CHECK(nlohmann::json::parse(jwt.header) == nlohmann::json{{"alg", "ES256"}, {"kid", "ABC123DEFG"}});
    CHECK(nlohmann::json::parse(jwt.claims) == nlohmann::json{{"iss", "TEAM123456"}, {"iat", 1'767'225'600}});
}

TEST_CASE_FIXTURE(Fixture, "one token serves for 50 minutes") {
    const std::string first = token.current().text;
    clock.advance(49min);
    CHECK(token.current().text == first);
    clock.advance(1min);
    CHECK(token.current().text != first);
    CHECK(token.current().generation == 2);
}

TEST_CASE_FIXTURE(Fixture, "a refused token is replaced once, however many pushes it was refused for") {
    // proves: scenario 9
    const auto refused = token.current().generation;
    clock.advance(30min);
    for (int i = 0; i < 100; ++i)
        CHECK(token.replace(refused));
    CHECK(token.current().generation == refused + 1);
}

TEST_CASE_FIXTURE(Fixture, "no token is replaced within 20 minutes") {
    const auto refused = token.current().generation;
    clock.advance(19min);
    CHECK_FALSE(token.replace(refused));
    clock.advance(1min);
    CHECK(token.replace(refused));
}

TEST_CASE_FIXTURE(Fixture, "but one made while the calendar was wrong is") {
    // proves: scenario 45
    const auto refused = token.current().generation;
    clock.advance(1min);
    clock.wall += 2h;
    CHECK(token.replace(refused));
    CHECK_FALSE(token.replace(token.current().generation));
}

TEST_CASE_FIXTURE(Fixture, "after too many updates none is made for 20 minutes, the old one stays in use") {
    // proves: scenario 10
    const std::string first = token.current().text;
    clock.advance(45min);
    token.freeze();
    clock.advance(19min);
    CHECK(token.current().text == first);
    CHECK_FALSE(token.replace(1));
    clock.advance(1min);
    CHECK(token.current().text != first);
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include "call/quota.h"

#include <doctest/doctest.h>

using namespace wakeline;
using namespace wakeline::call;
using namespace std::chrono_literals;

namespace {

/// Noon, by the clock of wherever the test runs.
net::WallTime noon() {
    return begin_of_day(
               local_day(net::WallTime(std::chrono::sys_days{std::chrono::year{2026} / 3 / 10} + 12h))) +
           12h;
}

} // namespace

TEST_SUITE_BEGIN("call/quota");

TEST_CASE("the maximum of a day becomes yesterday's, and what is in use goes on") {
    Quota quota("calls"); // proves: SBC-LIC-03
    quota.configure({.allowed = 100}, noon());
    quota.use(40, noon());
    quota.use(70, noon() + 1h);
    quota.use(30, noon() + 2h);
    quota.refuse(noon() + 2h);
    auto now = quota.snapshot(noon() + 3h);
    CHECK(now.in_use == 30);
    CHECK(now.maximum_today == 70);
    CHECK(now.maximum_yesterday == 0);
    CHECK(now.refused_today == 1);

    now = quota.snapshot(noon() + 24h); // nothing happened since
    CHECK(now.maximum_yesterday == 70);
    CHECK(now.refused_yesterday == 1);
    CHECK(now.maximum_today == 30);
    CHECK(now.refused_today == 0);
    CHECK(quota.snapshot(noon() + 72h).maximum_yesterday == 30);
}

TEST_CASE("a warning is due at its share of the limit, rounded up") {
    Quota quota("calls"); // proves: SBC-LIC-02
    const auto near = [&quota](unsigned allowed, unsigned percent, unsigned in_use) {
        quota.configure({allowed, percent}, noon());
        quota.use(in_use, noon());
        return quota.snapshot(noon()).near();
    };
    CHECK_FALSE(near(100, 95, 94));
    CHECK(near(100, 95, 95));
    CHECK_FALSE(near(10, 95, 9));
    CHECK(near(10, 95, 10));
    CHECK(near(1'000'000, 50, 500'000));
}

TEST_CASE("without a limit nothing is counted, refused or kept") {
    Quota quota("calls"); // proves: SBC-LIC-05
    CHECK_FALSE(quota.full());
    CHECK_FALSE(quota.snapshot(noon()).limited);
    CHECK(quota.take_changes(noon()).empty());
    CHECK(quota.take_changes(noon() + 1h).empty());
}

TEST_CASE("each slot of five minutes is kept once, with its maximum and its refusals") {
    Quota quota("calls"); // proves: SBC-LIC-04
    quota.configure({.allowed = 10}, noon());
    quota.use(3, noon());
    quota.use(8, noon() + 1min);
    quota.use(2, noon() + 2min);
    quota.refuse(noon() + 2min);
    CHECK(quota.take_changes(noon() + 2min) == std::vector<Usage>{{noon(), "calls", 8, 1}});
    CHECK(quota.take_changes(noon() + 3min).empty());
    quota.refuse(noon() + 4min); // the store adds: only what is new
    quota.use(5, noon() + 6min);
    CHECK(quota.take_changes(noon() + 6min) ==
          std::vector<Usage>{{noon(), "calls", 8, 1}, {noon() + 5min, "calls", 5, 0}});
    CHECK(quota.take_changes(noon() + 12min) == std::vector<Usage>{{noon() + 10min, "calls", 5, 0}});
}

TEST_CASE("today's and yesterday's maxima survive a restart") {
    Quota quota("calls");
    quota.restore({{noon() - 24h, "calls", 90, 2},
                   {noon() - 23h, "calls", 60, 1},
                   {noon() - 1h, "calls", 50, 4},
                   {noon() - 1h, "numbers", 99, 99},
                   {noon() - 48h, "calls", 99, 99}},
                  noon());
    quota.configure({.allowed = 100}, noon());
    quota.use(7, noon());
    const auto now = quota.snapshot(noon());
    CHECK(now.maximum_today == 50);
    CHECK(now.maximum_yesterday == 90);
    CHECK(now.refused_today == 4);
    CHECK(now.refused_yesterday == 3);
}

TEST_SUITE_END();

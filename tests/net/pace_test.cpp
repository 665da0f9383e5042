// SPDX-License-Identifier: Apache-2.0
#include "net/pace.h"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace wakeline::net;

namespace {

Duration used;
Duration cpu() { return used; }

/// A second of turns each so far after the last, in which the thread computes for that share of the time.
Duration longest_wait(Pace& pace, TimePoint& now, Duration apart, int percent) {
    Duration longest{};
    for (const TimePoint end = now + 1s; now < end;) {
        const Duration wait = pace.wait(now, cpu);
        longest = std::max(longest, wait);
        now += wait + apart;
        used += (wait + apart) * percent / 100;
    }
    return longest;
}

} // namespace

TEST_SUITE_BEGIN("net/pace");

TEST_CASE("an idle thread never waits before its turn") {
    Pace pace(1ms);
    TimePoint now(1h);
    longest_wait(pace, now, 100us, 0);
    CHECK(longest_wait(pace, now, 100us, 3) == 0ms);
}

TEST_CASE("a busy thread has turns that far apart, an idle one again none") {
    Pace pace(1ms);
    TimePoint now(1h);
    longest_wait(pace, now, 100us, 30);
    CHECK(pace.gathering());
    CHECK(longest_wait(pace, now, 100us, 30) == 900us);
    now += 5ms;
    CHECK(longest_wait(pace, now, 5ms, 30) == 0ms); // its turns are apart by themselves
    longest_wait(pace, now, 100us, 1);
    CHECK_FALSE(pace.gathering());
}

TEST_CASE("a busy thread that has left something unread has its next turn at once, and only that") {
    Pace pace(1ms);
    TimePoint now(1h);
    longest_wait(pace, now, 100us, 30);
    REQUIRE(pace.gathering());
    pace.more_waits();
    CHECK(pace.wait(now, cpu) == 0ms);
    CHECK(pace.wait(now, cpu) == 1ms);
}

TEST_CASE("between the two shares it stays as it is") {
    Pace pace(1ms);
    TimePoint now(1h);
    longest_wait(pace, now, 100us, 0);
    longest_wait(pace, now, 100us, 6);
    CHECK_FALSE(pace.gathering());
    longest_wait(pace, now, 100us, 50);
    longest_wait(pace, now, 100us, 6);
    CHECK(pace.gathering());
}

TEST_CASE("a pace of nothing never asks for the time") {
    Pace pace(0ms);
    CHECK(pace.wait(TimePoint(1h), nullptr) == 0ms);
}

TEST_SUITE_END();

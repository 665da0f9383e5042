// SPDX-License-Identifier: Apache-2.0
#include "push/budget.h"

#include <doctest/doctest.h>

#include "fakes/fake_timers.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::push;

TEST_SUITE_BEGIN("push/budget");

TEST_CASE("a key may use its minute at once, and then what comes back with time") {
    // proves: scenario 50
    test::FakeTimers timers;
    Budget budget(timers);
    for (int i = 0; i < 6; ++i)
        CHECK(budget.take("a", 6));
    CHECK_FALSE(budget.take("a", 6));
    CHECK(budget.take("b", 6));
    timers.advance(10s);
    CHECK(budget.take("a", 6));
    CHECK_FALSE(budget.take("a", 6));
    timers.advance(10min);
    for (int i = 0; i < 6; ++i)
        CHECK(budget.take("a", 6));
    CHECK_FALSE(budget.take("a", 6));
}

TEST_CASE("no limit is none, and needs no table") {
    test::FakeTimers timers;
    Budget budget(timers);
    for (int i = 0; i < 1'000; ++i)
        CHECK(budget.take("a", 0));
    CHECK(budget.size() == 0);
}

TEST_CASE("the table is bounded, whoever asks, and those who rest make room") {
    test::FakeTimers timers;
    Budget budget(timers);
    for (std::size_t i = 0; i < Budget::kMost + 100; ++i)
        CHECK(budget.take(std::to_string(i), 60));
    CHECK(budget.size() == Budget::kMost);
    timers.advance(2s);
    CHECK(budget.take("one more", 60));
    CHECK(budget.size() == 1);
}

TEST_SUITE_END();

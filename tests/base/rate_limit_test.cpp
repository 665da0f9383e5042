// SPDX-License-Identifier: Apache-2.0
#include "base/rate_limit.h"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using wakeline::RateLimit;

TEST_SUITE_BEGIN("base/rate_limit");

TEST_CASE("a burst passes, then one every interval, and a pause fills the burst again") {
    RateLimit limit(3, 2s);
    RateLimit::Clock::time_point now{};
    const auto passed = [&] {
        int count = 0;
        for (int i = 0; i < 10; ++i)
            count += limit.allow(now) ? 1 : 0;
        return count;
    };
    CHECK(passed() == 3);
    now += 1s;
    CHECK(passed() == 0);
    now += 1s;
    CHECK(passed() == 1);
    now += 1h;
    CHECK(passed() == 3);
}

TEST_SUITE_END();

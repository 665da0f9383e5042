// SPDX-License-Identifier: Apache-2.0
#include "net/event_loop.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace std::chrono_literals;
using namespace wakeline::net;

TEST_SUITE_BEGIN("net/event_loop");

TEST_CASE("timers run in time order and a destroyed timer does not run") {
    EventLoop loop;
    std::string order;
    Timer late(loop), early(loop);
    auto gone = std::make_unique<Timer>(loop);
    late.arm(20ms, [&] { order += "late"; });
    early.arm(5ms, [&] { order += "early "; });
    gone->arm(1ms, [&] { order += "never "; });
    gone.reset();
    loop.run();
    CHECK(order == "early late");
}

TEST_CASE("a callback may re-arm its own timer, or destroy it") {
    EventLoop loop;
    int runs = 0;
    auto timer = std::make_unique<Timer>(loop);
    std::function<void()> again = [&] {
        if (++runs < 3)
            timer->arm(1ms, again);
        else
            timer.reset();
    };
    timer->arm(1ms, again);
    loop.run();
    CHECK(runs == 3);
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "net/event_loop.h"

namespace wakeline::test {

/// Runs the loop until `done()`; false when that takes longer than any machine may need.
inline bool run_until(net::EventLoop& loop, const std::function<bool()>& done,
                      net::Duration limit = std::chrono::seconds(10)) {
    const net::TimePoint deadline = loop.now() + limit;
    net::Timer look(loop);
    std::function<void()> check = [&] {
        if (done() || loop.now() > deadline)
            loop.stop();
        else
            look.arm(std::chrono::milliseconds(1), check);
    };
    check();
    if (!done()) loop.run();
    return done();
}

/// For what must not happen: lets the loop turn for that long.
inline void run_for(net::EventLoop& loop, net::Duration time) {
    run_until(
        loop, [] { return false; }, time);
}

} // namespace wakeline::test

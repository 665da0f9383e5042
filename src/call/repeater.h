// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "net/timer.h"

namespace wakeline::call {

/// Repeats a reliable 1xx of ours until its PRACK: after T1, then twice as long each time; after 64*T1 it
/// gives up (RFC 3262 section 3).
class Repeater {
public:
    using Call = std::function<void()>;

    explicit Repeater(net::TimerQueue& timers) : timer_(timers), limit_(timers) {}

    void start(Call again, Call give_up) {
        wait_ = kT1;
        again_ = std::move(again);
        limit_.arm(64 * kT1, [this, call = std::move(give_up)] {
            stop();
            call();
        });
        arm();
    }
    void stop() {
        timer_.cancel();
        limit_.cancel();
    }
    bool running() const noexcept { return limit_.armed(); }

private:
    static constexpr net::Duration kT1 = std::chrono::milliseconds(500);

    void arm() {
        timer_.arm(wait_, [this] {
            wait_ *= 2;
            arm();
            again_();
        });
    }

    Call again_;
    net::Duration wait_{};
    net::Timer timer_, limit_;
};

} // namespace wakeline::call

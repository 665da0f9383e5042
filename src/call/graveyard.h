// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "net/timer.h"

namespace wakeline::call {

/// Keeps what has ended until nothing of it can be on the stack any more.
class Graveyard {
public:
    explicit Graveyard(net::TimerQueue& timers) : clear_(timers) {}

    template <class T>
    void bury(std::unique_ptr<T> dead) {
        if (!dead) return;
        dead_.emplace_back(std::move(dead));
        if (!clear_.armed()) clear_.arm(net::Duration::zero(), [this] { clear(); });
    }

    /// Now. What dies may bury more.
    void clear() {
        while (!dead_.empty())
            std::exchange(dead_, {}).clear();
    }

private:
    std::vector<std::shared_ptr<void>> dead_; // shared only because it forgets the type
    net::Timer clear_;
};

} // namespace wakeline::call

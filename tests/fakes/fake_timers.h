// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "net/timer.h"

namespace wakeline::test {

/// Time that moves only when the test says so. Calls due at the same instant
/// run in the order in which they were scheduled.
class FakeTimers final : public net::TimerQueue {
public:
    net::TimePoint now() const override { return now_; }
    net::WallTime wall_now() const override {
        return wall_start_ + std::chrono::duration_cast<net::WallTime::duration>(now_ - net::TimePoint{});
    }

    Id schedule(net::Duration delay, Callback callback) override {
        due_.emplace(Key{now_ + delay, ++last_id_}, std::move(callback));
        when_.emplace(last_id_, now_ + delay);
        return last_id_;
    }

    void cancel(Id id) noexcept override {
        const auto it = when_.find(id);
        if (it == when_.end()) return;
        due_.erase(Key{it->second, id});
        when_.erase(it);
    }

    void advance(net::Duration by) {
        const net::TimePoint until = now_ + by;
        while (!due_.empty() && due_.begin()->first.first <= until) {
            auto node = due_.extract(due_.begin());
            now_ = node.key().first;
            when_.erase(node.key().second);
            node.mapped()();
        }
        now_ = until;
    }

    std::size_t pending() const noexcept { return due_.size(); }

private:
    using Key = std::pair<net::TimePoint, Id>;

    std::map<Key, Callback> due_;
    std::map<Id, net::TimePoint> when_; // for cancel
    net::TimePoint now_{};
    net::WallTime wall_start_ = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
    Id last_id_ = 0;
};

} // namespace wakeline::test

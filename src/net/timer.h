// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

namespace wakeline::net {

using Duration = std::chrono::steady_clock::duration;
using TimePoint = std::chrono::steady_clock::time_point;
/// The calendar: for what must mean the same after a restart or to another machine (expiry, JWT, records).
using WallTime = std::chrono::system_clock::time_point;

/// The only source of time and of delayed calls. The daemon runs on the
/// libevent implementation, the tests on one they move by hand. A queue forgets
/// a callback before it runs it, so a callback may re-arm or destroy its owner.
class TimerQueue {
public:
    using Id = std::uint64_t; // 0 means none
    using Callback = std::function<void()>;

    virtual ~TimerQueue() = default;
    virtual TimePoint now() const = 0;
    virtual WallTime wall_now() const = 0;
    virtual Id schedule(Duration delay, Callback callback) = 0;
    virtual void cancel(Id id) noexcept = 0;
};

/// A timer owned by the object it calls back. Destroying the object cancels the
/// call, so a callback can never outlive what it captured.
class Timer {
public:
    explicit Timer(TimerQueue& queue) : queue_(queue) {}
    ~Timer() { cancel(); }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    void arm(Duration delay, TimerQueue::Callback callback) {
        cancel();
        id_ = queue_.schedule(delay, [this, call = std::move(callback)] {
            id_ = 0;
            call();
        });
    }

    void cancel() noexcept {
        if (id_ != 0) queue_.cancel(std::exchange(id_, 0));
    }

    bool armed() const noexcept { return id_ != 0; }

private:
    TimerQueue& queue_;
    TimerQueue::Id id_ = 0;
};

} // namespace wakeline::net

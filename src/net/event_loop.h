// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <event2/event.h>

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/c_handle.h"
#include "base/log.h"
#include "net/pace.h"
#include "net/timer.h"
#include "net/timer_heap.h"

namespace wakeline::net {

/// The libevent loop of one thread, and its timer queue. It goes in turns: wait, then call back everything
/// that is ready, then what was deferred, then destroy what was to be destroyed. Only its own thread may
/// touch it; other threads post to a Mailbox.
class EventLoop final : public TimerQueue {
public:
    EventLoop();
    ~EventLoop() override;
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    TimePoint now() const override { return std::chrono::steady_clock::now(); }
    WallTime wall_now() const override { return std::chrono::system_clock::now(); }
    Id schedule(Duration delay, Callback callback) override;
    void cancel(Id id) noexcept override;

    /// Runs `callback` at the end of this turn, in order; what a deferred call defers runs a turn later. An
    /// object that defers a call to itself keeps a Deferred member instead.
    Id defer(Callback callback);
    void cancel_deferred(Id id) noexcept;
    /// Destroys `object` at the end of this turn: for what may still be on the stack.
    template <class T>
    void defer_delete(std::unique_ptr<T> object) {
        doomed_.push_back({object.release(), [](void* p) { delete static_cast<T*>(p); }});
    }

    /// Calls back on the loop, not in the signal handler. One loop of the process may watch signals.
    void on_signal(int signo, Callback callback);

    /// Runs until `stop`, or until nothing is left to wait for.
    void run();
    /// Ends `run` when the callback that calls this, and what was deferred, is done.
    void stop();

    /// From now on, a callback that holds the loop for longer is logged at debug.
    void report_slow_callbacks(Log& log, Duration limit = std::chrono::milliseconds(500));

    /// From now on, events gather for that long before a turn while the thread is busy: see Pace.
    void set_pace(Duration turn) { pace_ = Pace(turn); }
    /// Said by who took only a share of what is there to be read: the next turn follows without gathering.
    void more_waits() { pace_.more_waits(); }

    /// Room for what is read in one callback; shared by all of this loop, good until the callback returns.
    std::span<char> scratch(std::size_t size);

    event_base* native() noexcept { return base_.get(); }

    /// Times one callback, for `report_slow_callbacks`.
    class Stopwatch {
    public:
        Stopwatch(EventLoop& loop, std::string_view what);
        ~Stopwatch();
        Stopwatch(const Stopwatch&) = delete;
        Stopwatch& operator=(const Stopwatch&) = delete;

    private:
        EventLoop& loop_;
        std::string_view what_;
        TimePoint start_{};
    };

private:
    struct Doomed {
        void* object;
        void (*destroy)(void*);
    };
    struct Signal {
        EventLoop* loop;
        Callback callback;
        CHandle<event, event_free> watch;
    };

    static void on_due(evutil_socket_t, short, void* loop) noexcept;
    static void on_signalled(evutil_socket_t, short, void* signal) noexcept;
    void wake_for_next();
    void gather();
    void finish_turn();
    void destroy_doomed();

    CHandle<event_base, event_base_free> base_;
    CHandle<event, event_free> timer_;
    TimePoint timer_due_ = TimePoint::max(); // when timer_ goes off; max: it does not
    TimerHeap timers_;
    std::vector<Callback> deferred_, running_; // an id is a position, counted from the first call ever
    Id deferred_from_ = 1, running_from_ = 1;
    std::vector<Doomed> doomed_;
    std::vector<std::unique_ptr<Signal>> signals_;
    bool stopping_ = false;
    Pace pace_{Duration::zero()};
    Log* slow_log_ = nullptr;
    Duration slow_limit_{};
    std::unique_ptr<char[]> scratch_;
    std::size_t scratch_size_ = 0;
};

} // namespace wakeline::net

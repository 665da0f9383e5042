// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <event2/event.h>

#include <memory>
#include <unordered_map>

#include "base/c_handle.h"
#include "net/timer.h"

namespace wakeline::net {

/// The libevent loop, as the timer queue of the running daemon.
class EventLoop final : public TimerQueue {
public:
    EventLoop();

    TimePoint now() const override { return std::chrono::steady_clock::now(); }
    WallTime wall_now() const override { return std::chrono::system_clock::now(); }
    Id schedule(Duration delay, Callback callback) override;
    void cancel(Id id) noexcept override { pending_.erase(id); }

    /// Runs until `stop`, or until nothing is left to wait for.
    void run();
    void stop();

private:
    struct Pending {
        EventLoop* loop;
        Id id;
        Callback callback;
        CHandle<event, event_free> timer;
    };

    static void on_due(evutil_socket_t, short, void* pending) noexcept;

    CHandle<event_base, event_base_free> base_;
    std::unordered_map<Id, std::unique_ptr<Pending>> pending_; // before base_ in destruction
    Id last_id_ = 0;
};

} // namespace wakeline::net

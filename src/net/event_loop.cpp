// SPDX-License-Identifier: Apache-2.0
#include "net/event_loop.h"

#include <algorithm>
#include <new>

namespace wakeline::net {

EventLoop::EventLoop() : base_(event_base_new()) {
    if (!base_) throw std::bad_alloc();
}

TimerQueue::Id EventLoop::schedule(Duration delay, Callback callback) {
    using namespace std::chrono;
    auto entry = std::make_unique<Pending>(Pending{this, ++last_id_, std::move(callback), nullptr});
    entry->timer.reset(event_new(base_.get(), -1, 0, on_due, entry.get()));
    if (!entry->timer) throw std::bad_alloc();

    const auto us = std::max<microseconds::rep>(0, duration_cast<microseconds>(delay).count());
    const timeval when{static_cast<time_t>(us / 1'000'000), static_cast<suseconds_t>(us % 1'000'000)};
    event_add(entry->timer.get(), &when);

    const Id id = entry->id;
    pending_.emplace(id, std::move(entry));
    return id;
}

void EventLoop::on_due(evutil_socket_t, short, void* arg) noexcept {
    auto* pending = static_cast<Pending*>(arg);
    // Forget the entry first: the callback may schedule, cancel or destroy anything.
    auto node = pending->loop->pending_.extract(pending->id);
    node.mapped()->callback();
}

void EventLoop::run() { event_base_dispatch(base_.get()); }
void EventLoop::stop() { event_base_loopbreak(base_.get()); }

} // namespace wakeline::net

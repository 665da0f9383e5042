// SPDX-License-Identifier: Apache-2.0
#include "net/fd_watch.h"

#include <new>

namespace wakeline::net {

/// One event for each direction: changing one is one epoll_ctl, and a stream that is never blocked in
/// writing never has the second.
struct FdWatch::State {
    EventLoop& loop;
    int fd;
    Callback callback;
    CHandle<event, event_free> read, write;
    bool reading = false, writing = false;

    static void on_ready(evutil_socket_t, short what, void* arg) noexcept {
        auto& state = *static_cast<State*>(arg);
        const EventLoop::Stopwatch watch(state.loop, "descriptor");
        state.callback({.readable = (what & EV_READ) != 0, .writable = (what & EV_WRITE) != 0});
    }

    void set(CHandle<event, event_free>& direction, bool& active, short what, bool wanted) {
        if (active == wanted) return;
        if (!direction) direction.reset(event_new(loop.native(), fd, what | EV_PERSIST, on_ready, this));
        if (!direction) throw std::bad_alloc();
        if (wanted)
            event_add(direction.get(), nullptr);
        else
            event_del(direction.get());
        active = wanted;
    }
};

FdWatch::FdWatch(EventLoop& loop, int fd, Callback callback)
    : state_(new State{loop, fd, std::move(callback), nullptr, nullptr}) {}

FdWatch::~FdWatch() {
    state_->read.reset();
    state_->write.reset();
    state_->loop.defer_delete(std::move(state_)); // the callback may be running
}

void FdWatch::want(Readiness interest) {
    state_->set(state_->read, state_->reading, EV_READ, interest.readable);
    state_->set(state_->write, state_->writing, EV_WRITE, interest.writable);
}

} // namespace wakeline::net

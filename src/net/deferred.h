// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "net/event_loop.h"

namespace wakeline::net {

/// A call to the end of the turn, owned by the object it calls back: destroying the object takes it back.
class Deferred {
public:
    explicit Deferred(EventLoop& loop) : loop_(loop) {}
    ~Deferred() { cancel(); }
    Deferred(const Deferred&) = delete;
    Deferred& operator=(const Deferred&) = delete;

    /// Nothing when it is armed already: the first callback stands.
    template <class F>
    void arm(F callback) {
        if (id_ != 0) return;
        id_ = loop_.defer([this, call = std::move(callback)] {
            id_ = 0;
            call();
        });
    }

    void cancel() noexcept {
        if (id_ != 0) loop_.cancel_deferred(std::exchange(id_, 0));
    }

    bool armed() const noexcept { return id_ != 0; }

private:
    EventLoop& loop_;
    EventLoop::Id id_ = 0;
};

} // namespace wakeline::net

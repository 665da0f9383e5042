// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "net/event_loop.h"

namespace wakeline::net {

struct Readiness {
    bool readable = false, writable = false;
};

/// Calls back while a descriptor is ready for what was asked (level-triggered), for reading and for writing
/// apart. Does not own the descriptor, and must go before it is closed. May be destroyed, and its wants
/// changed, in its own callback.
class FdWatch {
public:
    using Callback = std::function<void(Readiness)>;

    FdWatch(EventLoop& loop, int fd, Callback callback);
    ~FdWatch();
    FdWatch(const FdWatch&) = delete;
    FdWatch& operator=(const FdWatch&) = delete;

    /// What to wait for from now on; nothing stops it.
    void want(Readiness interest);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace wakeline::net

// SPDX-License-Identifier: Apache-2.0
#include "daemon/watchdog.h"

namespace wakeline::daemon {

void Watchdog::watch(std::string thread, Post post) {
    loops_.push_back({std::move(thread), std::move(post), std::make_shared<std::atomic<bool>>(true)});
}

void Watchdog::start(net::Duration every) {
    if (!next_.armed()) look(every);
}

void Watchdog::look(net::Duration every) {
    bool all = true;
    for (Loop& loop : loops_)
        all = turns(loop) && all;
    if (all) feed_();
    next_.arm(every, [this, every] { look(every); });
}

/// One letter at a time: a mailbox that nobody empties must not fill.
bool Watchdog::turns(Loop& loop) {
    const bool answered = loop.answered->exchange(false);
    if (answered)
        loop.post([heard = loop.answered] { *heard = true; });
    else if (!loop.stuck)
        log_.error("a thread hangs: the service manager will restart the daemon", {{"thread", loop.name}});
    loop.stuck = !answered;
    return answered;
}

} // namespace wakeline::daemon

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "net/mailbox.h"
#include "net/timer.h"

namespace wakeline::daemon {

/// Feeds the service manager's watchdog while every loop turns: the one of `timers` by calling us at all, the
/// others by answering a letter between two meals. The store's thread is not among them: it waits for the
/// disk, and a restart mends no disk.
class Watchdog {
public:
    using Post = std::function<void(net::Mailbox::Letter)>;
    using Feed = std::function<void()>;

    Watchdog(net::TimerQueue& timers, Log& log, Feed feed)
        : log_(log), feed_(std::move(feed)), next_(timers) {}

    /// From now on that thread's loop counts, too. `post` puts a letter into its mailbox.
    void watch(std::string thread, Post post);
    /// Once; asked again, nothing changes.
    void start(net::Duration every);

private:
    struct Loop {
        std::string name;
        Post post;
        std::shared_ptr<std::atomic<bool>> answered;
        bool stuck = false; // and said so
    };

    void look(net::Duration every);
    bool turns(Loop& loop);

    Log& log_;
    const Feed feed_;
    std::vector<Loop> loops_;
    net::Timer next_;
};

} // namespace wakeline::daemon

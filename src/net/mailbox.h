// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "net/event_loop.h"

namespace wakeline::net {

/// The only way between threads: any thread posts, the loop's thread runs what was posted, in order. What is
/// still inside when the mailbox dies is destroyed unrun. Construct and destroy it on the loop's thread (or
/// while the loop does not run), and only when nobody can post any more. A loop with a mailbox runs until it
/// is stopped.
class Mailbox {
public:
    using Letter = std::function<void()>;

    explicit Mailbox(EventLoop& loop);
    ~Mailbox();
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    EventLoop& loop() const noexcept; // that runs the letters
    /// Thread-safe, never blocks on I/O.
    void post(Letter letter);
    /// All of them, in order; leaves none in `letters`.
    void post_all(std::vector<Letter>& letters);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace wakeline::net

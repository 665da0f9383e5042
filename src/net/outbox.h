// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "net/deferred.h"
#include "net/mailbox.h"
#include "net/timer.h"

namespace wakeline::net {

/// Letters from the thread of one loop to a mailbox, in order. They gather: what goes together wakes the
/// reader once.
class Outbox {
public:
    /// `to` outlives this. What is still inside when this is destroyed leaves then.
    Outbox(EventLoop& loop, Mailbox& to) : to_(to), turn_(loop), later_(loop) {}
    ~Outbox() { flush(); }
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    /// Leaves at the end of this turn.
    void post(Mailbox::Letter letter) {
        letters_.push_back(std::move(letter));
        turn_.arm([this] { flush(); });
    }
    /// Nothing waits for it: it leaves with the next, or after that time.
    void post_within(Duration delay, Mailbox::Letter letter) {
        letters_.push_back(std::move(letter));
        if (!turn_.armed() && !later_.armed()) later_.arm(delay, [this] { flush(); });
    }
    void flush() {
        turn_.cancel();
        later_.cancel();
        to_.post_all(letters_);
    }

private:
    Mailbox& to_;
    std::vector<Mailbox::Letter> letters_;
    Deferred turn_;
    Timer later_;
};

} // namespace wakeline::net

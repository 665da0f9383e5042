// SPDX-License-Identifier: Apache-2.0
#include "net/mailbox.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <mutex>
#include <system_error>

#include "net/fd.h"
#include "net/fd_watch.h"

namespace wakeline::net {

struct Mailbox::State {
    explicit State(EventLoop& l)
        : loop(l), bell(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
          watch(l, bell.get(), [this](Readiness) { open(); }) {
        if (!bell) throw std::system_error(errno, std::generic_category(), "eventfd");
        watch.want({.readable = true});
    }

    void open();
    void ring() const {
        const std::uint64_t once = 1;
        static_cast<void>(!::write(bell.get(), &once, sizeof once));
    }

    EventLoop& loop;
    std::mutex mutex;
    std::vector<Letter> letters; // under mutex
    bool abandoned = false;      // the mailbox died in one of its letters
    Fd bell;
    FdWatch watch;
};

void Mailbox::State::open() {
    std::uint64_t rings = 0;
    static_cast<void>(!::read(bell.get(), &rings, sizeof rings));
    std::vector<Letter> batch;
    {
        const std::lock_guard lock(mutex);
        batch.swap(letters);
    }
    for (Letter& letter : batch) {
        if (abandoned) return;
        std::exchange(letter, nullptr)();
    }
}

Mailbox::Mailbox(EventLoop& loop) : state_(std::make_unique<State>(loop)) {}

Mailbox::~Mailbox() {
    state_->abandoned = true;
    state_->watch.want({});
    EventLoop& loop = state_->loop;
    loop.defer_delete(std::move(state_));
}

EventLoop& Mailbox::loop() const noexcept { return state_->loop; }

void Mailbox::post(Letter letter) {
    bool first = false;
    {
        const std::lock_guard lock(state_->mutex);
        first = state_->letters.empty();
        state_->letters.push_back(std::move(letter));
    }
    if (first) state_->ring();
}

void Mailbox::post_all(std::vector<Letter>& letters) {
    if (letters.empty()) return;
    bool first = false;
    {
        const std::lock_guard lock(state_->mutex);
        first = state_->letters.empty();
        if (first)
            state_->letters.swap(letters);
        else
            std::ranges::move(letters, std::back_inserter(state_->letters));
    }
    letters.clear();
    if (first) state_->ring();
}

} // namespace wakeline::net

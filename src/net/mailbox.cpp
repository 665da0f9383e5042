// SPDX-License-Identifier: Apache-2.0
#include "net/mailbox.h"

#include <sys/eventfd.h>

#include <cstdint>
#include <mutex>
#include <system_error>
#include <vector>

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
    const std::uint64_t ring = 1;
    if (first) static_cast<void>(!::write(state_->bell.get(), &ring, sizeof ring));
}

} // namespace wakeline::net

// SPDX-License-Identifier: Apache-2.0
#include "net/event_loop.h"

#include <algorithm>
#include <ctime>
#include <new>
#include <thread>
#include <utility>

#include "base/assert.h"

namespace wakeline::net {

namespace {

timeval to_timeval(Duration delay) {
    using namespace std::chrono;
    const auto us = std::max<microseconds::rep>(0, ceil<microseconds>(delay).count());
    return {static_cast<time_t>(us / 1'000'000), static_cast<suseconds_t>(us % 1'000'000)};
}

Duration thread_cpu() {
    timespec used{};
    static_cast<void>(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used));
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

} // namespace

EventLoop::EventLoop() : base_(event_base_new()) {
    if (!base_) throw std::bad_alloc();
    timer_.reset(event_new(base_.get(), -1, 0, on_due, this));
    if (!timer_) throw std::bad_alloc();
}

EventLoop::~EventLoop() {
    destroy_doomed();
    // What callbacks own may hold timers of this loop: they go while the rest of it is whole.
    std::vector<Callback> unrun = std::move(deferred_);
    deferred_.clear();
    unrun.clear();
    while (Callback callback = timers_.take_due(TimePoint::max()))
        callback = nullptr;
    destroy_doomed();
}

TimerQueue::Id EventLoop::schedule(Duration delay, Callback callback) {
    const Id id = timers_.add(now() + std::max(delay, Duration::zero()), std::move(callback));
    wake_for_next();
    return id;
}

void EventLoop::cancel(Id id) noexcept {
    timers_.remove(id);
    // A wake-up too many costs less than moving the libevent timer at every cancel, but an idle loop ends.
    if (timers_.size() == 0 && timer_due_ != TimePoint::max()) {
        event_del(timer_.get());
        timer_due_ = TimePoint::max();
    }
}

void EventLoop::wake_for_next() {
    const auto next = timers_.next();
    if (!next || *next >= timer_due_) return;
    const timeval when = to_timeval(*next - now());
    event_add(timer_.get(), &when);
    timer_due_ = *next;
}

void EventLoop::on_due(evutil_socket_t, short, void* arg) noexcept {
    auto& loop = *static_cast<EventLoop*>(arg);
    loop.timer_due_ = TimePoint::max();
    const TimePoint now = loop.now();
    while (const Callback callback = loop.timers_.take_due(now)) {
        const Stopwatch watch(loop, "timer");
        callback();
    }
    loop.wake_for_next();
}

TimerQueue::Id EventLoop::defer(Callback callback) {
    deferred_.push_back(std::move(callback));
    return deferred_from_ + deferred_.size() - 1;
}

void EventLoop::cancel_deferred(Id id) noexcept {
    Callback gone;
    if (id >= deferred_from_ && id - deferred_from_ < deferred_.size())
        gone = std::exchange(deferred_[id - deferred_from_], nullptr);
    else if (id >= running_from_ && id - running_from_ < running_.size())
        gone = std::exchange(running_[id - running_from_], nullptr);
}

void EventLoop::finish_turn() {
    running_.swap(deferred_);
    running_from_ = deferred_from_;
    deferred_from_ += running_.size();
    for (std::size_t i = 0; i < running_.size(); ++i) {
        if (!running_[i]) continue;
        const Callback callback = std::exchange(running_[i], nullptr);
        const Stopwatch watch(*this, "deferred");
        callback();
    }
    running_.clear();
    destroy_doomed();
}

void EventLoop::destroy_doomed() {
    while (!doomed_.empty()) { // a destructor may doom others
        const std::vector<Doomed> batch = std::exchange(doomed_, {});
        for (const Doomed& doomed : batch)
            doomed.destroy(doomed.object);
    }
}

void EventLoop::on_signal(int signo, Callback callback) {
    auto signal = std::make_unique<Signal>(Signal{this, std::move(callback), nullptr});
    signal->watch.reset(evsignal_new(base_.get(), signo, on_signalled, signal.get()));
    if (!signal->watch || event_add(signal->watch.get(), nullptr) != 0) throw std::bad_alloc();
    signals_.push_back(std::move(signal));
}

void EventLoop::on_signalled(evutil_socket_t, short, void* arg) noexcept {
    auto& signal = *static_cast<Signal*>(arg);
    const Stopwatch watch(*signal.loop, "signal");
    signal.callback();
}

void EventLoop::run() {
    stopping_ = false;
    finish_turn(); // what was deferred before
    while (!stopping_) {
        const bool more = !deferred_.empty();
        if (!more) gather();
        const int outcome = event_base_loop(base_.get(), EVLOOP_ONCE | (more ? EVLOOP_NONBLOCK : 0));
        WAKELINE_ASSERT(outcome >= 0); // -1: run() inside run()
        finish_turn();
        if (outcome == 1 && !more && deferred_.empty()) return;
    }
}

void EventLoop::gather() {
    if (const Duration wait = pace_.wait(now(), thread_cpu); wait > Duration::zero())
        std::this_thread::sleep_for(wait);
}

void EventLoop::stop() {
    stopping_ = true;
    event_base_loopbreak(base_.get());
}

void EventLoop::report_slow_callbacks(Log& log, Duration limit) {
    slow_log_ = &log;
    slow_limit_ = limit;
}

std::span<char> EventLoop::scratch(std::size_t size) {
    if (scratch_size_ < size) {
        scratch_.reset(new char[size]); // not value-initialised: only what is read takes memory
        scratch_size_ = size;
    }
    return {scratch_.get(), size};
}

EventLoop::Stopwatch::Stopwatch(EventLoop& loop, std::string_view what) : loop_(loop), what_(what) {
    if (loop_.slow_log_ != nullptr) start_ = loop_.now();
}

EventLoop::Stopwatch::~Stopwatch() {
    if (loop_.slow_log_ == nullptr || start_ == TimePoint{}) return;
    const Duration took = loop_.now() - start_;
    if (took < loop_.slow_limit_) return;
    using std::chrono::milliseconds;
    loop_.slow_log_->debug("a callback held the event loop",
                           {{"kind", std::string(what_)},
                            {"ms", std::to_string(std::chrono::duration_cast<milliseconds>(took).count())}});
}

} // namespace wakeline::net

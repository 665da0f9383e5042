// SPDX-License-Identifier: Apache-2.0
#include "push/wake_queue.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/random.h"
#include "push/fingerprint.h"

namespace wakeline::push {

using wake::Action;
using wake::Event;
using wake::State;

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMost = 10'000;        // under way at once
constexpr net::Duration kTryTimeout = 2s;    // a live service answers within half a second
constexpr net::Duration kLongest = 60s;      // no call is held for longer
constexpr int kLostTries = 4;                // tries that may come to nothing, for reasons that pass
constexpr net::Duration kFirstPause = 200ms; // doubled for each

long long microseconds(net::Duration time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

} // namespace

struct WakeQueue::Wake {
    Wake(net::TimerQueue& timers, Waker::Sent s, Waker::Finished f)
        : sent(std::move(s)), finished(std::move(f)), deadline(timers), pause(timers), asked(timers.now()) {}

    Push push;
    Waker::Sent sent; // emptied when it was called
    Waker::Finished finished;
    net::Timer deadline, pause;
    net::TimePoint asked, ends;
    State state = State::Authorizing;
    http::Client::RequestId request = 0;
    WakeResult result;    // the best known so far
    int lost = 0;         // tries that came to nothing, for reasons that pass
    net::Duration wait{}; // before the next one
    bool alarm = false;
    unsigned tried = 0; // bit of each Next that was followed
};

WakeQueue::WakeQueue(net::TimerQueue& timers, http::Client& client, Service& service,
                     ProviderMetrics& metrics, Log& log)
    : timers_(timers), client_(client), service_(service), metrics_(metrics), log_(log) {}

WakeQueue::~WakeQueue() {
    for (const auto& [id, wake] : wakes_)
        if (wake->request != 0) client_.cancel(wake->request);
}

void WakeQueue::wake(WakeId id, Device device, WakeRequest request, Waker::Sent sent,
                     Waker::Finished finished) {
    const bool full = wakes_.size() >= kMost;
    auto& wake = *wakes_.emplace(id, std::make_unique<Wake>(timers_, std::move(sent), std::move(finished)))
                      .first->second;
    const net::Duration left = std::clamp<net::Duration>(request.deadline - timers_.wall_now(), 0s, kLongest);
    wake.ends = timers_.now() + left;
    wake.push.device = std::move(device);
    wake.push.request = std::move(request);
    wake.push.message_id = random_uuid();
    wake.result.reason = full ? "too many pushes are under way" : "no time left";
    wake.deadline.arm(full ? net::Duration{} : left, [this, id] { on_deadline(id); });
    if (!full && left > 0s) authorize(id, wake);
}

void WakeQueue::cancel(WakeId id) {
    const auto node = wakes_.extract(id);
    if (!node.empty() && node.mapped()->request != 0) client_.cancel(node.mapped()->request);
}

void WakeQueue::authorized() {
    std::vector<WakeId> waiting;
    for (const auto& [id, wake] : wakes_)
        if (wake->state == State::Authorizing) waiting.push_back(id);
    for (const WakeId id : waiting)
        handle(id, Event::Authorized);
}

void WakeQueue::unauthorized(const WakeResult& why) { end_all(Event::Unauthorized, why); }
void WakeQueue::refuse_all(const WakeResult& why) { end_all(Event::Refused, why); }

/// Those whose state knows the event; the users' code that this runs may change the table.
void WakeQueue::end_all(Event event, const WakeResult& why) {
    std::vector<WakeId> ids;
    for (const auto& [id, wake] : wakes_)
        if (fsm::find(wake::kTable, wake->state, event)) ids.push_back(id);
    for (const WakeId id : ids) {
        const auto it = wakes_.find(id);
        if (it == wakes_.end()) continue;
        it->second->result = why;
        it->second->result.message_id.clear();
        handle(id, event);
    }
}

void WakeQueue::on_deadline(WakeId id) {
    Wake& wake = *wakes_.at(id);
    if (wake.state == State::Sending) {
        wake.result = {};
        wake.result.reason = "no answer before the call's deadline";
    }
    handle(id, Event::Deadline);
}

void WakeQueue::handle(WakeId id, Event event) {
    const auto it = wakes_.find(id);
    if (it == wakes_.end()) return;
    const auto row = fsm::find(wake::kTable, it->second->state, event);
    if (!row) return;
    it->second->state = row->to;
    run(id, *it->second, row->run);
}

void WakeQueue::run(WakeId id, Wake& wake, Action action) {
    switch (action) {
    case Action::Authorize: return authorize(id, wake);
    case Action::Send: return send(id, wake);
    case Action::Pause: return wake.pause.arm(wake.wait, [this, id] { handle(id, Event::PauseOver); });
    case Action::Report: return report(id);
    case Action::StopAndReport: client_.cancel(std::exchange(wake.request, 0)); return report(id);
    }
}

/// Never reports inside the caller's `wake`: a refusal comes with the next turn.
void WakeQueue::authorize(WakeId id, Wake& wake) {
    if (auto refusal = service_.refuses(wake.push)) {
        wake.result = std::move(*refusal);
        wake.deadline.arm({}, [this, id] { handle(id, Event::Unauthorized); });
        return;
    }
    if ((wake.wait = service_.pause()) > 0s) {
        if (timers_.now() + wake.wait < wake.ends) return handle(id, Event::TryLater);
        wake.result.reason = "the service asked for a pause";
        wake.deadline.arm({}, [this, id] { handle(id, Event::Unauthorized); });
        return;
    }
    if (service_.authorized()) handle(id, Event::Authorized);
}

void WakeQueue::send(WakeId id, Wake& wake) {
    http::Request request = service_.request(wake.push);
    request.timeout = std::min(kTryTimeout, wake.ends - timers_.now());
    request.avoid = wake.push.avoid;
    http::Client::Sent sent;
    if (wake.sent) sent = [this, id] { on_sent(id); };
    wake.request = client_.send(std::move(request), std::move(sent),
                                [this, id](const http::Response& response) { on_answer(id, response); });
}

void WakeQueue::on_sent(WakeId id) {
    const auto it = wakes_.find(id);
    if (it == wakes_.end() || !it->second->sent) return;
    metrics_.written.add();
    metrics_.written_microseconds.add(microseconds(timers_.now() - it->second->asked));
    const Waker::Sent sent = std::exchange(it->second->sent, {});
    sent();
}

void WakeQueue::on_answer(WakeId id, const http::Response& response) {
    const auto it = wakes_.find(id);
    if (it == wakes_.end()) return;
    Wake& wake = *it->second;
    wake.request = 0;
    handle(id, next_step(wake, response, service_.judge(wake.push, response)));
}

/// Each kind of repetition is worth one try; being cut off is worth more, while there is time.
Event WakeQueue::next_step(Wake& wake, const http::Response& response, Verdict verdict) {
    wake.result = std::move(verdict.result);
    wake.alarm = verdict.alarm;
    if (timers_.now() >= wake.ends) return Event::Decided;
    if (!response.answered()) {
        if (++wake.lost >= kLostTries) return Event::Decided;
        wake.wait = kFirstPause * (1 << (wake.lost - 1));
        metrics_.repeated.add();
        return response.timed_out ? Event::TryAgain : Event::TryLater;
    }
    if (verdict.next == Next::RepeatLater) {
        wake.wait = verdict.hold;
        if (++wake.lost >= kLostTries || timers_.now() + wake.wait >= wake.ends) return Event::Decided;
        metrics_.repeated.add();
        return Event::TryLater;
    }
    const unsigned bit = 1u << static_cast<unsigned>(verdict.next);
    if (verdict.next == Next::Finish || (wake.tried & bit) != 0) return Event::Decided;
    if (verdict.next == Next::NewCredential && !service_.renew_credential(wake.push)) return Event::Decided;
    if (verdict.next == Next::NewConnection) wake.push.avoid = response.epoch;
    if (verdict.next == Next::Shrink) wake.push.name = NamePart::None;
    wake.tried |= bit;
    metrics_.repeated.add();
    return Event::TryAgain;
}

void WakeQueue::report(WakeId id) {
    const auto node = wakes_.extract(id);
    Wake& wake = *node.mapped();
    if (wake.result.outcome == WakeOutcome::TokenDead && wake.result.dead_since == net::WallTime{})
        wake.result.dead_since = timers_.wall_now();
    if (wake.result.message_id.empty()) wake.result.message_id = wake.push.message_id;
    count(wake);
    wake.finished(wake.result);
    if (wake.alarm) service_.alarm(wake.result);
}

void WakeQueue::show(AppStatus& status) const {
    status.last_status = tally_.last.status;
    status.last_reason = tally_.last.reason;
    status.last_answer = tally_.last_at;
    status.under_way = wakes_.size();
    status.accepted = tally_.accepted;
    status.token_dead = tally_.token_dead;
    status.refused = tally_.refused;
    status.unavailable = tally_.unavailable;
}

void WakeQueue::count(const Wake& wake) {
    const WakeResult& result = wake.result;
    metrics_.of(result.outcome).add();
    metrics_.answered_microseconds.add(microseconds(timers_.now() - wake.asked));
    tally_.last = result;
    tally_.last_at = timers_.wall_now();
    switch (result.outcome) {
    case WakeOutcome::Accepted: ++tally_.accepted; break;
    case WakeOutcome::TokenDead: ++tally_.token_dead; break;
    case WakeOutcome::Refused: ++tally_.refused; break;
    case WakeOutcome::Unavailable:
    case WakeOutcome::NoProvider: ++tally_.unavailable; break;
    }
    const auto ms = std::to_string(microseconds(timers_.now() - wake.asked) / 1000);
    const Log::Fields fields = {{"call", wake.push.request.call},
                                {"provider", wake.push.device.provider},
                                {"token", fingerprint(wake.push.device.token.reveal())},
                                {"status", std::to_string(result.status)},
                                {"reason", result.reason},
                                {"ms", ms}};
    if (result.outcome == WakeOutcome::Accepted)
        log_.debug("push accepted", fields);
    else
        log_.info(result.outcome == WakeOutcome::TokenDead ? "push token is dead" : "push failed", fields);
}

} // namespace wakeline::push

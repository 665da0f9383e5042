// SPDX-License-Identifier: Apache-2.0
#include "trunk/requests.h"

#include <algorithm>
#include <chrono>

namespace wakeline::trunk {

namespace {

/// 64*T1, when the transaction of an answered INVITE ends, and a little.
constexpr net::Duration kMoreAnswers = std::chrono::seconds(33);

} // namespace

Requests::Requests(const Environment& environment, Owner& owner, Patience patience)
    : environment_(environment), owner_(owner), queue_timer_(environment.timers),
      expiry_timer_(environment.timers), calls_(environment.timers, patience.call),
      others_(environment.timers, patience.request), abandoned_(environment) {}

Requests::~Requests() {
    for (const auto& [tx, id] : by_tx_)
        environment_.transactions.forget(tx);
}

sip::HopRequest Requests::send(sip::Builder request, sip::NextHop::Handler& handler) {
    const sip::HopRequest id = ++last_id_;
    const auto call_id = request.find("Call-ID").value_or("");
    Request made{.builder = {},
                 .handler = &handler,
                 .call_id = std::string(call_id),
                 .invite = request.method() == "INVITE"};
    made.builder = std::move(request);
    requests_.emplace(id, std::move(made));
    queue_.push_back(id);
    wake();
    return id;
}

void Requests::cancel(sip::HopRequest invite, std::string_view reason) {
    const auto found = requests_.find(invite);
    if (found == requests_.end()) return;
    found->second.cancelled = true;
    if (found->second.tx != 0)
        environment_.transactions.cancel(found->second.tx, reason);
    else
        wake();
}

void Requests::forget(sip::HopRequest request) {
    const auto found = requests_.find(request);
    if (found == requests_.end()) return;
    environment_.transactions.forget(found->second.tx);
    by_tx_.erase(found->second.tx);
    requests_.erase(found);
}

void Requests::resume() {
    std::deque<sip::HopRequest> due;
    due.swap(queue_);
    for (const sip::HopRequest id : due) {
        const auto found = requests_.find(id);
        if (found == requests_.end()) continue;
        if (found->second.cancelled)
            fail(id, sip::TxFailure::Transport);
        else if (owner_.found())
            transmit(id, found->second);
        else
            queue_.push_back(id);
    }
}

void Requests::on_response(sip::ClientTx tx, const sip::Message& response) {
    const auto known = by_tx_.find(tx);
    if (known == by_tx_.end()) return static_cast<void>(abandoned_.hear(tx, response));
    const sip::HopRequest id = known->second;
    Request& request = requests_.at(id);
    const int status = response.status();
    if (status < 200) {
        request.heard = std::max(request.heard, status > 100 ? Heard::More : Heard::Trying);
        return request.handler->on_response(id, request.flow, response);
    }
    if (status < 300 && request.invite) return deliver_success(id, request, response);
    if (status == 401 || status == 407)
        challenges_.note(request.call_id, request.tried.back(), environment_.timers.now());
    if (owner_.leaves_on(status) && request.heard < Heard::More && try_elsewhere(id, request)) return;
    const Request done = std::move(request);
    by_tx_.erase(known);
    requests_.erase(id);
    done.handler->on_response(id, done.flow, response);
}

void Requests::on_failure(sip::ClientTx tx, sip::TxFailure why) {
    const auto known = by_tx_.find(tx);
    if (known == by_tx_.end()) return static_cast<void>(abandoned_.fail(tx));
    const sip::HopRequest id = known->second;
    Request& request = requests_.at(id);
    if (request.heard == Heard::Nothing) owner_.on_no_answer(request.tried.back(), why);
    if (request.heard != Heard::Nothing || !try_elsewhere(id, request)) fail(id, why);
}

std::optional<sip::FlowTarget> Requests::first_target(const Request& request) const {
    const sip::FlowTarget* known = challenges_.find(request.call_id, environment_.timers.now());
    return known != nullptr && owner_.usable(*known) ? std::optional(*known) : std::nullopt;
}

void Requests::transmit(sip::HopRequest id, Request& request) {
    auto target = request.tried.empty() ? first_target(request) : std::nullopt;
    if (!target) target = owner_.choose(request.tried);
    if (!target) return fail(id, sip::TxFailure::Transport);
    request.tried.push_back(*target);
    request.flow = environment_.transport.open(*target, sip::Side::Trunk);
    const bool last = !owner_.choose(request.tried);
    sip::Builder now = last ? std::move(*request.builder) : *request.builder;
    if (last) request.builder.reset();
    request.tx = environment_.transactions.send(request.flow, std::move(now), *this);
    by_tx_.emplace(request.tx, id);
    wait(request.invite ? calls_ : others_, request.tx);
    request.handler->on_sent(id, request.flow, request.tx);
}

void Requests::wait(Waiting& waiting, sip::ClientTx tx) {
    waiting.due.push_back({environment_.timers.now() + waiting.patience, tx});
    if (!waiting.timer.armed()) waiting.timer.arm(waiting.patience, [this, &waiting] { end_waits(waiting); });
}

void Requests::end_waits(Waiting& waiting) {
    const net::TimePoint now = environment_.timers.now();
    while (!waiting.due.empty() && waiting.due.front().at <= now) {
        const sip::ClientTx tx = waiting.due.front().tx;
        waiting.due.pop_front();
        on_silence(tx);
    }
    if (!waiting.due.empty())
        waiting.timer.arm(waiting.due.front().at - now, [this, &waiting] { end_waits(waiting); });
}

/// An INVITE without another address is left to its transaction, and to whoever sent it: he may know another
/// trunk, and hangs up what comes late.
void Requests::on_silence(sip::ClientTx tx) {
    const auto known = by_tx_.find(tx);
    if (known == by_tx_.end()) return;
    const sip::HopRequest id = known->second;
    Request& request = requests_.at(id);
    if (request.heard != Heard::Nothing && request.invite) return;
    if (request.heard == Heard::Nothing) owner_.on_no_answer(request.tried.back(), sip::TxFailure::Timeout);
    if (!request.invite) {
        environment_.transactions.forget(tx);
        if (!try_elsewhere(id, request)) fail(id, sip::TxFailure::Timeout);
    } else if (!request.cancelled && request.builder && owner_.choose(request.tried)) {
        abandoned_.take(tx, request.flow, *request.builder);
        try_elsewhere(id, request);
    }
}

bool Requests::try_elsewhere(sip::HopRequest id, Request& request) {
    if (request.cancelled || !request.builder || !owner_.choose(request.tried)) return false;
    environment_.metrics.failovers.add();
    by_tx_.erase(request.tx);
    request.heard = Heard::Nothing;
    transmit(id, request);
    return true;
}

void Requests::fail(sip::HopRequest id, sip::TxFailure why) {
    const auto found = requests_.find(id);
    const Request done = std::move(found->second);
    requests_.erase(found);
    by_tx_.erase(done.tx);
    done.handler->on_failure(id, why);
}

/// More 2xx may follow, and nobody tells when no more can: time does.
void Requests::deliver_success(sip::HopRequest id, Request& request, const sip::Message& response) {
    request.builder.reset();
    if (std::exchange(request.heard, Heard::Accepted) != Heard::Accepted) {
        answered_.emplace_back(environment_.timers.now() + kMoreAnswers, id);
        if (!expiry_timer_.armed()) expiry_timer_.arm(kMoreAnswers, [this] { expire(); });
    }
    request.handler->on_response(id, request.flow, response);
}

void Requests::expire() {
    while (!answered_.empty() && answered_.front().first <= environment_.timers.now()) {
        forget(answered_.front().second);
        answered_.pop_front();
    }
    if (!answered_.empty())
        expiry_timer_.arm(answered_.front().first - environment_.timers.now(), [this] { expire(); });
}

void Requests::wake() {
    if (!queue_timer_.armed()) queue_timer_.arm(net::Duration::zero(), [this] { resume(); });
}

} // namespace wakeline::trunk

// SPDX-License-Identifier: Apache-2.0
#include "sip/invite_client.h"

namespace wakeline::sip {

using namespace invite_client;

InviteClient::InviteClient(net::TimerQueue& queue, Owner& owner, bool reliable)
    : owner_(owner), reliable_(reliable), timer_a_(queue), timer_b_(queue), timer_d_(queue), timer_m_(queue) {
}

void InviteClient::start() {
    enter(State::Calling);
    owner_.send_request();
}

void InviteClient::on_response(int status) {
    const Event event = status < 200 ? Event::Provisional : status < 300 ? Event::Success : Event::Failure;
    handle(event, status);
}

void InviteClient::on_transport_error() { handle(Event::TransportError, 0); }

void InviteClient::handle(Event event, int status) {
    const auto row = fsm::find(kTable, state_, event);
    if (!row) return;

    if (row->to != state_) enter(row->to);
    run(row->run, status); // last: the owner may call straight back in
    if (row->to == State::Terminated) owner_.terminated();
}

void InviteClient::enter(State next) {
    state_ = next;
    const Timers timers = timers_on_entry(next, reliable_);
    arm(timer_a_, timers.a, Event::TimerA);
    arm(timer_b_, timers.b, Event::TimerB);
    arm(timer_d_, timers.d, Event::TimerD);
    arm(timer_m_, timers.m, Event::TimerM);
}

void InviteClient::arm(net::Timer& timer, std::optional<net::Duration> delay, Event event) {
    timer.cancel();
    if (delay) timer.arm(*delay, [this, event] { handle(event, 0); });
}

void InviteClient::run(Action action, int status) {
    switch (action) {
    case Action::None: return;
    case Action::Deliver: return owner_.deliver(status);
    case Action::Ack: return owner_.send_ack();
    case Action::AckAndDeliver: owner_.send_ack(); return owner_.deliver(status);
    case Action::Resend:
        resend_after_ *= 2;
        arm(timer_a_, resend_after_, Event::TimerA);
        return owner_.send_request();
    case Action::ReportTimeout: return owner_.failed(Failure::Timeout);
    case Action::ReportTransport: return owner_.failed(Failure::Transport);
    }
}

} // namespace wakeline::sip

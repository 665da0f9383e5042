// SPDX-License-Identifier: Apache-2.0
#include "call/session_timer.h"

namespace wakeline::call {

using namespace session_timer;

SessionTimer::SessionTimer(net::TimerQueue& timers, Peer& peer)
    : peer_(peer), turn_(timers), limit_(timers) {}

void SessionTimer::agreed(std::chrono::seconds interval, bool we_refresh) {
    interval_ = interval;
    limit_.arm(interval - margin(interval), [this] { on_limit(); });
    handle(we_refresh ? Event::WeRefresh : Event::TheyRefresh);
}

void SessionTimer::refused(net::Duration pause) {
    pause_ = pause;
    handle(Event::Refused);
}

/// Who has to be woken gets what is left of the session's time for it.
void SessionTimer::on_limit() {
    const bool away = !peer_.connected() && peer_.can_be_woken();
    limit_.arm(margin(interval_), [this] { handle(Event::Limit); });
    handle(away ? Event::LimitAway : Event::Limit);
}

void SessionTimer::handle(Event event) {
    const auto row = fsm::find(kTable, state_, event);
    if (!row) return;
    state_ = row->to;
    turn_.cancel();
    if (state_ == State::Ours)
        turn_.arm(interval_ / 2,
                  [this] { handle(peer_.connected() ? Event::HalfTime : Event::HalfTimeAway); });
    if (state_ == State::Pausing)
        turn_.arm(pause_, [this] { handle(peer_.connected() ? Event::PauseEnd : Event::PauseEndAway); });
    if (state_ == State::Over) limit_.cancel();
    switch (row->run) {
    case Action::None: return;
    case Action::Refresh: return peer_.refresh();
    case Action::Wake: return peer_.wake();
    case Action::Expire: return peer_.expire();
    }
}

} // namespace wakeline::call

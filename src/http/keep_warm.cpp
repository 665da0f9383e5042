// SPDX-License-Identifier: Apache-2.0
#include "http/keep_warm.h"

#include <algorithm>
#include <utility>

namespace wakeline::http {

KeepWarm::KeepWarm(net::TimerQueue& timers, Client& client, MakeProbe make, Answered answered, Pace pace)
    : timers_(timers), client_(client), make_(std::move(make)), answered_(std::move(answered)), pace_(pace),
      timer_(timers), pause_(pace.first_pause), last_traffic_(timers.now()),
      last_trouble_(timers.now() - pace.idle), last_stir_(timers.now() - pace.idle) {
    client_.set_events({.lost = [this] { reopen(); }, .stirred = [this] { on_stirred(); }});
    wait({}, {});
}

KeepWarm::~KeepWarm() {
    client_.set_events({});
    if (probe_ != 0) client_.cancel(probe_);
}

void KeepWarm::traffic() { last_traffic_ = timers_.now(); }

/// The pause grows while connections do not come or do not last.
void KeepWarm::reopen() {
    if (timers_.now() - last_trouble_ >= pace_.idle) pause_ = pace_.first_pause;
    last_trouble_ = timers_.now();
    wait(pause_, pace_.idle);
    pause_ = std::min(pause_ * 2, pace_.longest_pause);
}

/// Seldom: a server that answers each probe with a PING would be probed for ever.
void KeepWarm::on_stirred() {
    if (timers_.now() - last_stir_ < pace_.idle) return;
    last_stir_ = timers_.now();
    wait({}, pace_.first_pause);
}

void KeepWarm::wait(net::Duration delay, net::Duration silence_enough) {
    timer_.arm(delay, [this, silence_enough] {
        const net::Duration silence = timers_.now() - last_traffic_;
        // Other requests may have opened the connection, or used it, since the timer was set.
        if (client_.status().connections > 0 && silence < silence_enough)
            wait(silence_enough - silence, silence_enough);
        else
            probe_now();
    });
}

void KeepWarm::probe_now() {
    if (probe_ != 0) return;
    timer_.cancel();
    auto request = make_();
    if (!request) return;
    probe_ = client_.send(std::move(*request), {}, [this](const Response& response) { on_answer(response); });
}

void KeepWarm::on_answer(const Response& response) {
    probe_ = 0;
    if (response.answered()) {
        traffic();
        wait(pace_.idle, pace_.idle);
    } else {
        reopen();
    }
    answered_(response);
}

} // namespace wakeline::http

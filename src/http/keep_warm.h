// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "http/client.h"
#include "net/timer.h"

namespace wakeline::http {

/// Keeps a client connected in the background, so that no request waits for a handshake: a probe at the
/// start, after the connection was lost (the pause doubles while connections do not come or do not last),
/// when the server says something on an idle connection, and after a long silence. The probe is a real
/// request: unlike that of a PING, its missing answer is noticed.
class KeepWarm {
public:
    /// Nothing: not now; somebody calls `probe_now` later.
    using MakeProbe = std::function<std::optional<Request>()>;
    using Answered = std::function<void(const Response&)>;

    struct Pace {
        net::Duration idle = std::chrono::minutes(10);
        net::Duration first_pause = std::chrono::seconds(1);
        net::Duration longest_pause = std::chrono::seconds(60);
    };

    KeepWarm(net::TimerQueue& timers, Client& client, MakeProbe make, Answered answered)
        : KeepWarm(timers, client, std::move(make), std::move(answered), Pace{}) {}
    KeepWarm(net::TimerQueue& timers, Client& client, MakeProbe make, Answered answered, Pace pace);
    ~KeepWarm();
    KeepWarm(const KeepWarm&) = delete;
    KeepWarm& operator=(const KeepWarm&) = delete;

    void probe_now();
    /// A request was answered: the connection is good without a probe.
    void traffic();

private:
    /// Then probes, unless a connection is there that was silent for less.
    void wait(net::Duration delay, net::Duration silence_enough);
    void reopen();
    void on_stirred();
    void on_answer(const Response& response);

    net::TimerQueue& timers_;
    Client& client_;
    const MakeProbe make_;
    const Answered answered_;
    const Pace pace_;
    net::Timer timer_;
    net::Duration pause_;
    net::TimePoint last_traffic_, last_trouble_, last_stir_;
    Client::RequestId probe_ = 0;
};

} // namespace wakeline::http

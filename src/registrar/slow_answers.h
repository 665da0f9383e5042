// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "net/timer.h"
#include "sip/builder.h"
#include "sip/transactions.h"

namespace wakeline::registrar {

/// Answers that wait a while before they leave: whoever guesses passwords shall not guess fast.
class SlowAnswers {
public:
    using Respond = std::function<void(sip::ServerTx, const sip::Builder&)>;
    static constexpr std::size_t kMost = 1'000; // then they leave at once: memory is worth more

    SlowAnswers(net::TimerQueue& timers, Respond respond) : timers_(timers), respond_(std::move(respond)) {}

    void send(sip::ServerTx tx, sip::Builder answer, net::Duration delay) {
        if (delay <= net::Duration::zero() || waiting_.size() >= kMost) return respond_(tx, answer);
        auto& waiting = waiting_[tx];
        waiting = std::make_unique<Waiting>(timers_, std::move(answer));
        waiting->timer.arm(delay, [this, tx] {
            const auto due = waiting_.extract(tx);
            respond_(tx, due.mapped()->answer);
        });
    }
    std::size_t waiting() const noexcept { return waiting_.size(); }

private:
    struct Waiting {
        Waiting(net::TimerQueue& timers, sip::Builder a) : answer(std::move(a)), timer(timers) {}
        sip::Builder answer;
        net::Timer timer;
    };

    net::TimerQueue& timers_;
    const Respond respond_;
    std::unordered_map<sip::ServerTx, std::unique_ptr<Waiting>> waiting_;
};

} // namespace wakeline::registrar

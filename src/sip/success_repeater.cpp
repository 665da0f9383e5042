// SPDX-License-Identifier: Apache-2.0
#include "sip/success_repeater.h"

#include <algorithm>
#include <utility>

namespace wakeline::sip {

SuccessRepeater::SuccessRepeater(net::TimerQueue& timers, Transactions& transactions, const Timing& timing)
    : transactions_(transactions), timing_(timing), repeat_(timers), deadline_(timers) {}

void SuccessRepeater::start(ServerTx invite, Builder response, std::function<void()> on_no_ack) {
    invite_ = invite;
    response_ = std::move(response);
    on_no_ack_ = std::move(on_no_ack);
    deadline_.arm(timing_.timeout(), [this] { give_up(); });
    interval_ = timing_.t1;
    repeat_.arm(interval_, [this] { repeat(); });
    transactions_.respond(invite_, *response_);
}

void SuccessRepeater::stop() {
    repeat_.cancel();
    deadline_.cancel();
    response_.reset();
    on_no_ack_ = nullptr;
}

void SuccessRepeater::repeat() {
    interval_ = std::min(2 * interval_, timing_.t2);
    repeat_.arm(interval_, [this] { repeat(); });
    transactions_.respond(invite_, *response_);
}

void SuccessRepeater::give_up() {
    const auto tell = std::exchange(on_no_ack_, nullptr);
    stop();
    if (tell) tell();
}

} // namespace wakeline::sip

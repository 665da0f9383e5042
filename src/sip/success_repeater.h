// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "net/timer.h"
#include "sip/builder.h"
#include "sip/timing.h"
#include "sip/transactions.h"

namespace wakeline::sip {

/// Answers an INVITE with a 2xx as its UAS core must (RFC 3261 13.3.1.4): again after T1, 2*T1 ... T2, on TCP
/// and TLS too, until the ACK or for 64*T1. One for each INVITE being answered, a member of who answers it.
class SuccessRepeater {
public:
    SuccessRepeater(net::TimerQueue& timers, Transactions& transactions, const Timing& timing = {});

    /// Sends it. Without an ACK `on_no_ack` is the end of it: the caller should end the call with a BYE. That
    /// callback may destroy the repeater.
    void start(ServerTx invite, Builder response, std::function<void()> on_no_ack);
    /// The ACK has come, or the call is over: nothing more is sent, nothing is called.
    void stop();
    bool waiting() const noexcept { return response_.has_value(); }

private:
    void repeat();
    void give_up();

    Transactions& transactions_;
    const Timing timing_;
    ServerTx invite_ = 0;
    std::optional<Builder> response_;
    std::function<void()> on_no_ack_;
    net::Duration interval_{};
    net::Timer repeat_, deadline_;
};

} // namespace wakeline::sip

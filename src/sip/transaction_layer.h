// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "net/timer.h"
#include "sip/transaction_machine.h"
#include "sip/transaction_metrics.h"
#include "sip/transport.h"

namespace wakeline::sip {

/// What every transaction uses of the world; lives as long as the transactions do.
struct TransactionLayer {
    net::TimerQueue& timers;
    Transport& transport;
    const Timing& timing;
    TransactionMetrics& metrics;

    /// Sends a message again: the peer did not answer, or asked again.
    bool resend(FlowId flow, const std::string& text) const {
        metrics.resent.add();
        return transport.send(flow, text);
    }
};

} // namespace wakeline::sip

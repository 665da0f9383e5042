// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.h"
#include "base/metrics.h"
#include "net/resolver.h"
#include "net/timer.h"
#include "sip/transactions.h"
#include "sip/transport.h"

namespace wakeline::trunk {

/// What the module counts.
struct TrunkMetrics {
    explicit TrunkMetrics(Metrics& metrics);

    Metric& peers_up;       // gauge
    Metric& failovers;      // requests sent to another address of the peer
    Metric& options_failed; // OPTIONS without a good answer
    Metric& lookups_failed; // DNS
    Metric& registered;     // gauge: trunks whose own registration holds
    Metric& registrations_failed;
};

/// What peers use of the world; all of it outlives them.
struct Environment {
    net::TimerQueue& timers;
    sip::Transport& transport;
    sip::Transactions& transactions;
    net::Resolver& resolver;
    Log& log;
    TrunkMetrics& metrics;
};

} // namespace wakeline::trunk

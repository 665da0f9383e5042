// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/metrics.h"

namespace wakeline::sip {

/// What the transaction layer counts.
struct TransactionMetrics {
    explicit TransactionMetrics(Metrics& metrics);

    Metric& invite_server; // gauges: transactions that exist now
    Metric& other_server;
    Metric& invite_client;
    Metric& other_client;
    Metric& requests_repeated;     // retransmissions received, absorbed or answered again
    Metric& requests_merged;       // answered 482
    Metric& requests_unacceptable; // answered 400 to 501 by request_check
    Metric& requests_refused;      // answered 503: no room
    Metric& resent;                // retransmissions sent
    Metric& stray_responses;       // no transaction waits for them
    Metric& bad_via_responses;     // not one Via: misrouted
    Metric& unmatched_cancels;     // answered 481
    Metric& timeouts;              // timers B, F and H
    Metric& transport_failures;    // the flow ended first
};

} // namespace wakeline::sip

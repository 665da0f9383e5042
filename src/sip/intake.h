// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/rate_limit.h"
#include "net/event_loop.h"
#include "sip/flows.h"
#include "sip/message.h"
#include "sip/tap.h"
#include "sip/transport_config.h"
#include "sip/transport_metrics.h"

namespace wakeline::sip {

/// The way of received octets to the user of the transports, and what all transports share on it.
class Intake {
public:
    Intake(net::EventLoop& on, Log& to, Metrics& registry, const TransportLimits& within)
        : loop(on), log(to), metrics(registry), limits(within), flows(on) {}

    struct Read {
        std::optional<Message> message; // or
        std::string answer;             // to octets that are none; empty: they are dropped
    };
    /// Counts, parses, and writes the answer to what cannot be parsed.
    Read read(TransportKind kind, const net::SocketAddress& from, std::string_view bytes);

    /// A line at info, for what a peer can cause: the rate is limited for all of them together.
    void log_peer(std::string_view sentence, Log::Fields fields);

    net::EventLoop& loop;
    Log& log;
    SipTransportMetrics metrics;
    const TransportLimits limits;
    Flows flows;
    Tap* tap = nullptr;          // who listens, while somebody does
    std::size_t connections = 0; // of all transports

private:
    RateLimit log_limit_{20, std::chrono::seconds(1)};
};

} // namespace wakeline::sip

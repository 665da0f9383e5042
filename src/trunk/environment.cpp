// SPDX-License-Identifier: Apache-2.0
#include "trunk/environment.h"

namespace wakeline::trunk {

namespace {

constexpr MetricInfo kPeersUp{"wakeline_trunk_peers_up", MetricKind::Gauge,
                              "PBX peers that answer, or that nobody watches."};
constexpr MetricInfo kFailovers{"wakeline_trunk_failovers_total", MetricKind::Counter,
                                "Requests sent again to another address of the same peer."};
constexpr MetricInfo kOptionsFailed{"wakeline_trunk_options_failed_total", MetricKind::Counter,
                                    "OPTIONS to a peer without a good answer."};
constexpr MetricInfo kLookupsFailed{"wakeline_trunk_lookups_failed_total", MetricKind::Counter,
                                    "Searches for a peer's addresses that found none."};
constexpr MetricInfo kRegistered{"wakeline_trunk_registered", MetricKind::Gauge,
                                 "Trunks that register (trunks.*.register) and are registered."};
constexpr MetricInfo kRegistrationsFailed{"wakeline_trunk_registrations_failed_total", MetricKind::Counter,
                                          "Attempts to register a trunk that were refused or not answered."};

} // namespace

TrunkMetrics::TrunkMetrics(Metrics& metrics)
    : peers_up(metrics.declare(kPeersUp)), failovers(metrics.declare(kFailovers)),
      options_failed(metrics.declare(kOptionsFailed)), lookups_failed(metrics.declare(kLookupsFailed)),
      registered(metrics.declare(kRegistered)), registrations_failed(metrics.declare(kRegistrationsFailed)) {}

} // namespace wakeline::trunk

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/metrics.h"

namespace wakeline::registrar {

struct RegistrarMetrics {
    explicit RegistrarMetrics(Metrics& metrics)
        : requests(metrics.declare({"wakeline_registrar_requests_total", MetricKind::Counter,
                                    "REGISTER requests that arrived, without retransmissions"})),
          registered(metrics.declare({"wakeline_registrar_registered_total", MetricKind::Counter,
                                      "REGISTER requests that ended with a binding made or refreshed"})),
          refused(metrics.declare({"wakeline_registrar_refused_total", MetricKind::Counter,
                                   "REGISTER requests that we refused ourselves, challenges not counted"})),
          authentication_failures(
              metrics.declare({"wakeline_registrar_authentication_failures_total", MetricKind::Counter,
                               "Wrong digest credentials, as we or the PBX found"})),
          blocked(metrics.declare({"wakeline_registrar_blocks_total", MetricKind::Counter,
                                   "Users at an address, and addresses, blocked after wrong passwords"})),
          blocked_requests(metrics.declare({"wakeline_registrar_blocked_requests_total", MetricKind::Counter,
                                            "Requests refused because their source is blocked"})),
          upstream_refused(
              metrics.declare({"wakeline_registrar_upstream_refused_total", MetricKind::Counter,
                               "REGISTER requests that the PBX refused, challenges not counted"})),
          upstream_failures(
              metrics.declare({"wakeline_registrar_upstream_failures_total", MetricKind::Counter,
                               "REGISTER requests that the PBX did not answer"})),
          upstream_refreshes(
              metrics.declare({"wakeline_registrar_upstream_refreshes_total", MetricKind::Counter,
                               "Registrations that we refreshed at the PBX ourselves, or ended there"})),
          upstream_refresh_failures(
              metrics.declare({"wakeline_registrar_upstream_refresh_failures_total", MetricKind::Counter,
                               "Refreshes of our own that the PBX refused"})),
          recalled(metrics.declare({"wakeline_registrar_recalled_total", MetricKind::Counter,
                                    "Connections ended so that a phone registers again, because the PBX may "
                                    "have forgotten it"})),
          store_failures(metrics.declare({"wakeline_registrar_store_failures_total", MetricKind::Counter,
                                          "Changes of bindings that could not be written to the store"})),
          expired(metrics.declare({"wakeline_registrar_expired_total", MetricKind::Counter,
                                   "Bindings whose granted time ended"})),
          evicted(metrics.declare({"wakeline_registrar_evicted_total", MetricKind::Counter,
                                   "Bindings that went because the user has more than max_devices"})),
          tokens_dead(metrics.declare({"wakeline_registrar_tokens_dead_total", MetricKind::Counter,
                                       "Push tokens dropped because the push service declared them dead"})),
          bindings(metrics.declare({"wakeline_registrar_bindings", MetricKind::Gauge,
                                    "Bindings in memory, those of which only push data are left included"})),
          awake(metrics.declare(
              {"wakeline_registrar_awake", MetricKind::Gauge, "Bindings whose device is connected"})) {}

    Metric &requests, &registered, &refused, &authentication_failures, &blocked, &blocked_requests,
        &upstream_refused, &upstream_failures, &upstream_refreshes, &upstream_refresh_failures, &recalled,
        &store_failures, &expired, &evicted, &tokens_dead, &bindings, &awake;
};

} // namespace wakeline::registrar

// SPDX-License-Identifier: Apache-2.0
#include "call/context.h"

namespace wakeline::call {

Context::Context(const Services& services, CallConfig settings)
    : Services(services), config(std::move(settings)), counters(services.metrics), graveyard(services.timers),
      strays(services.timers, services.transactions, graveyard),
      late_wakers(
          {services.timers, services.transport, services.transactions, strays, counters, services.log}),
      late_byes(services.timers, strays), domains(config.domains, config.own_addresses),
      upstream(services.metrics) {}

} // namespace wakeline::call

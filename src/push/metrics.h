// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/metrics.h"
#include "push/config.h"
#include "push/waker.h"

namespace wakeline::push {

/// The numbers of one push service, over all its apps.
struct ProviderMetrics {
    ProviderMetrics(Metrics& metrics, Provider provider);

    Metric& of(WakeOutcome outcome);

    Metric& accepted;
    Metric& token_dead;
    Metric& refused;
    Metric& unavailable;
    Metric& repeated;
    Metric& written;
    Metric& written_microseconds;
    Metric& answered_microseconds;
};

} // namespace wakeline::push

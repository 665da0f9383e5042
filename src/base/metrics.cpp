// SPDX-License-Identifier: Apache-2.0
#include "base/metrics.h"

namespace wakeline {

Metric& Metrics::declare(const MetricInfo& info) {
    const std::lock_guard lock(mutex_);
    for (const auto& metric : metrics_)
        if (metric->info().name == info.name && metric->info().labels == info.labels) return *metric;
    return *metrics_.emplace_back(std::make_unique<Metric>(info));
}

std::vector<Metrics::Sample> Metrics::snapshot() const {
    const std::lock_guard lock(mutex_);
    std::vector<Sample> samples;
    samples.reserve(metrics_.size());
    for (const auto& metric : metrics_)
        samples.push_back({metric->info(), metric->value()});
    return samples;
}

} // namespace wakeline

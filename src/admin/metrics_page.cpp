// SPDX-License-Identifier: Apache-2.0
#include "admin/metrics_page.h"

#include <algorithm>

namespace wakeline::admin {

std::string metrics_page(const Metrics& metrics) {
    auto samples = metrics.snapshot();
    // All lines of a name must stand together.
    std::ranges::stable_sort(samples, {}, [](const Metrics::Sample& s) { return s.info.name; });
    std::string page;
    std::string_view last;
    for (const Metrics::Sample& sample : samples) {
        const std::string name(sample.info.name);
        if (sample.info.name != last) {
            page += "# HELP " + name + ' ' + std::string(sample.info.help) + '\n';
            page += "# TYPE " + name + (sample.info.kind == MetricKind::Counter ? " counter\n" : " gauge\n");
            last = sample.info.name;
        }
        page += name + std::string(sample.info.labels) + ' ' + std::to_string(sample.value) + '\n';
    }
    return page;
}

} // namespace wakeline::admin

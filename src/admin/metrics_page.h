// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/metrics.h"

namespace wakeline::admin {

/// The Prometheus text format, version 0.0.4.
std::string metrics_page(const Metrics& metrics);

} // namespace wakeline::admin

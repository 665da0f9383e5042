// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"
#include "config/findings.h"

namespace wakeline::config {

/// What may pass to a side, and whom a call hunts: settings that contradict each other.
void check_policies(const Config& config, Findings& findings);
void check_ring_plan(const Config& config, Findings& findings);

} // namespace wakeline::config

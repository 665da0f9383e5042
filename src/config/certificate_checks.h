// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"
#include "config/findings.h"
#include "net/timer.h"

namespace wakeline::config {

/// Whether the certificates and revocation lists that the configuration names are valid at that time, and
/// were made for what they are used for. Files that cannot be read are said elsewhere.
void check_validity(const Config& config, net::WallTime now, Findings& findings);

} // namespace wakeline::config

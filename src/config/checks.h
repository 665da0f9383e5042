// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"
#include "config/document.h"
#include "config/problem.h"
#include "config/trunk_checks.h"

namespace wakeline::config {

/// What no single setting can say about itself: names that lead nowhere, ports used twice, timers that
/// contradict each other. `document` gives the lines.
void check_together(const Config& config, const Node& document, Problems& problems);

/// Opens what the configuration names: certificates and keys, the users file, push credentials.
void check_files(const Config& config, const Node& document, Problems& problems);

/// What the daemon will bind, except the ports of a range for trunk media.
struct Sockets {
    std::vector<Bound> tcp, udp;
};
Sockets sockets_of(const Config& config);

} // namespace wakeline::config

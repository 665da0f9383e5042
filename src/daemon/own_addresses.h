// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace wakeline::daemon {

/// The hosts by which phones and the PBX may call us: what the configuration says, and where a listener takes
/// every address of the machine, all of those. Lower case, IPv6 in brackets, no ports.
std::vector<std::string> own_addresses(const config::Config& config);

} // namespace wakeline::daemon

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "config/findings.h"

namespace wakeline::config {

/// Where a socket will be bound, and by which setting.
struct Bound {
    std::string path, address;
    unsigned port;
};

void check_certificate_name(const Config& config, const std::string& path, const std::string& name,
                            Findings& findings);
/// The trunks, each in itself and all together; adds what they bind.
void check_trunks(const Config& config, Findings& findings, std::vector<Bound>& tcp, std::vector<Bound>& udp);

} // namespace wakeline::config

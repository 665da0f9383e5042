// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace wakeline::admin {

/// YAML section `control`.
struct ControlConfig {
    std::string socket = "/run/wakeline/control.sock";
    std::string http = "127.0.0.1:9180"; // loopback only; "off": none
    bool operator==(const ControlConfig&) const = default;
};

} // namespace wakeline::admin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace wakeline::admin {

/// YAML section `control`.
struct ControlConfig {
    std::string socket = "/run/wakeline/control.sock";
    std::string http = "127.0.0.1:9180"; // loopback only; "off": none
    std::string token_file; // who knows its first line may do over http what the socket's users may
    bool operator==(const ControlConfig&) const = default;
};

} // namespace wakeline::admin

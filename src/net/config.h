// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "net/dscp.h"

namespace wakeline::net {

/// How what we send is marked; YAML section `qos`.
struct QosConfig {
    Dscp sip_dscp{40};                 // CS5
    Dscp rtp_dscp{46}, video_dscp{46}; // EF
    bool operator==(const QosConfig&) const = default;
};

/// YAML section `dns`.
struct DnsConfig {
    std::vector<std::string> servers; // addresses, with port or without; none: those of the system
    std::chrono::milliseconds timeout = std::chrono::seconds(2);
    bool operator==(const DnsConfig&) const = default;
};

} // namespace wakeline::net

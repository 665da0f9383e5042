// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/dscp.h"

namespace wakeline::net {

/// How what we send is marked; YAML section `qos`.
struct QosConfig {
    Dscp sip_dscp{40};                 // CS5
    Dscp rtp_dscp{46}, video_dscp{46}; // EF
    bool operator==(const QosConfig&) const = default;
};

} // namespace wakeline::net

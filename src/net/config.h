// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace wakeline::net {

/// DSCP values of what we send; YAML section `qos`.
struct QosConfig {
    unsigned sip_dscp = 40; // CS5
    unsigned rtp_dscp = 46; // EF
    bool operator==(const QosConfig&) const = default;
};

} // namespace wakeline::net

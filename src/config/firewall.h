// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/config.h"

namespace wakeline::config {

/// One thing that a firewall must let through, and why.
struct FirewallRule {
    enum class Where : std::uint8_t {
        In,     // to this machine
        Out,    // from this machine
        Phone,  // from the phones, where their Wi-Fi has a firewall
        Legacy, // no longer used; for who finds it in old rules
    };

    Where where = Where::In;
    std::string protocol;      // "tcp", "udp"
    std::string ports;         // "5061", "5008-5015"
    std::string address = "*"; // ours, in; theirs, out; "*": any
    std::string peer = "*";    // who may come in
    std::string reason;
};
using FirewallRules = std::vector<FirewallRule>;

/// What this configuration needs (SBC-FW-01 to SBC-FW-03). Office Wi-Fi comes to the same addresses as all
/// others (SBC-FW-04): no rule depends on where a phone is.
FirewallRules firewall_rules(const Config& config);

/// As a table for a person, and as a ruleset for nft(8) that takes and sends these and no more; what else the
/// machine serves (such as SSH) has to be added.
std::string firewall_list(const FirewallRules& rules);
std::string firewall_nft(const FirewallRules& rules);

} // namespace wakeline::config

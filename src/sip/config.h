// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace wakeline::sip {

enum class ListenTransport : std::uint8_t { Udp, Tcp, Tls };

/// One entry of `access.listeners`.
struct ListenerConfig {
    std::string name;
    ListenTransport transport = ListenTransport::Tls;
    std::string address = "0.0.0.0";
    unsigned port = 5061;
    std::string certificate; // name in `certificates`; TLS only
    bool enabled = true;
    bool operator==(const ListenerConfig&) const = default;
};

/// YAML section `access`.
struct AccessConfig {
    std::string public_address = {}; // host or IP told to phones; empty: the bound address
    std::chrono::milliseconds keepalive = std::chrono::seconds(50);
    std::vector<ListenerConfig> listeners = {};
    unsigned handshake_rate = 500; // TLS handshakes that each listener begins in a second; 0: no limit
    bool operator==(const AccessConfig&) const = default;
};

} // namespace wakeline::sip

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "net/socket_address.h"
#include "net/stream_listener.h"
#include "net/timer.h"
#include "net/tls_context.h"
#include "sip/config.h"

namespace wakeline::sip {

/// Our side of one trunk. UDP, and one of TCP and TLS, are open at `local`; connections that we open come
/// from its address. Two trunks may have the same.
struct TrunkAddress {
    std::string name; // of the trunk
    net::SocketAddress local;
    net::TlsContext* server = nullptr; // with it, `local` takes TLS connections, else TCP
    net::Duration keepalive{};         // a CRLF so often on its connections; 0: none
    net::TlsContext* client = nullptr; // for the TLS connections that we open; null: none can be
};

/// What strangers may cost. Times end only what makes no progress: a sleeping phone's connection may stay.
struct TransportLimits {
    std::size_t udp_flows = 100'000;                        // of one socket; the one unused for longest goes
    net::Duration udp_idle = std::chrono::hours(2);         // a UDP flow unused for that long goes
    std::size_t connections = 200'000;                      // accepted ones in all
    std::size_t queue_bytes = 256 * 1024;                   // unsent octets of a connection: a slow reader
    net::Duration first_message = std::chrono::seconds(30); // connected, and says nothing
    net::Duration whole_message = std::chrono::seconds(30); // from its first octet to its last
    net::Duration handshake = std::chrono::seconds(5);
    std::size_t half_open = 1'000, half_open_per_source = 50; // TLS handshakes
    unsigned handshake_rate = 0;                              // begun in a second; 0: no limit
};

/// Everything that the transports are made from. The contexts outlive them.
struct TransportsConfig {
    AccessConfig access = {};
    std::map<std::string, net::TlsContext*, std::less<>> certificates = {}; // server side, by name
    std::vector<TrunkAddress> trunks = {};
    unsigned dscp = 40;
    TransportLimits limits = {};
};

} // namespace wakeline::sip

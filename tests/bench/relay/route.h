// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "media/crypto_line.h"
#include "net/socket_address.h"

namespace wakeline::bench {

/// How the media of one call reach a relay, and how they are protected on the phone's side.
struct Route {
    net::SocketAddress phone_sends_to, pbx_sends_to;
    std::optional<media::SrtpKey> phone_key, relay_key; // that the phone, and that the relay sends with
};

/// What is asked of a relay: calls 0 to `calls` - 1, from the two ports of the load.
struct Work {
    unsigned calls = 0;
    std::optional<media::SrtpSuite> suite; // none: plain on both sides
    std::uint16_t phone_port = 0, pbx_port = 0;
};

/// Both parties of a call have the same address, and differ by port.
inline net::SocketAddress party(unsigned call, std::uint16_t port) {
    const auto ip = "127." + std::to_string(10 + call / 62'500) + "." + std::to_string(call / 250 % 250) +
                    "." + std::to_string(call % 250 + 1);
    return *net::SocketAddress::parse(ip, port);
}

} // namespace wakeline::bench

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sip/transport.h"

namespace wakeline::trunk {

/// Some addresses: one, or those that begin alike ("192.0.2.0/24", "2001:db8::/32").
class Network {
public:
    static Result<Network> parse(std::string_view text);
    bool contains(const net::SocketAddress& address) const;

private:
    net::SocketAddress first_;
    unsigned bits_ = 0; // that count
};

/// Who else than the addresses of its URI may speak for a trunk: networks, and names in certificates.
class Sources {
public:
    Sources() = default;
    /// An error names the entry that is no address or network.
    static Result<Sources> create(const std::vector<std::string>& networks, std::vector<std::string> names);

    bool has_address(const net::SocketAddress& remote) const;
    /// Whether the peer proved one of the names by its certificate.
    bool has_name(const sip::FlowInfo& from) const;

private:
    std::vector<Network> networks_;
    std::vector<std::string> names_;
};

} // namespace wakeline::trunk

// SPDX-License-Identifier: Apache-2.0
#include "media/address_rules.h"

#include <netinet/in.h>

#include <array>

namespace wakeline::media {

namespace {

struct Network {
    std::uint32_t address, mask;
};
constexpr std::array kNotPublic{
    Network{0x00000000, 0xff000000}, // 0.0.0.0/8
    Network{0x0a000000, 0xff000000}, // 10.0.0.0/8
    Network{0x64400000, 0xffc00000}, // 100.64.0.0/10, carriers' NAT
    Network{0x7f000000, 0xff000000}, // 127.0.0.0/8
    Network{0xa9fe0000, 0xffff0000}, // 169.254.0.0/16
    Network{0xac100000, 0xfff00000}, // 172.16.0.0/12
    Network{0xc0a80000, 0xffff0000}, // 192.168.0.0/16
    Network{0xe0000000, 0xe0000000}, // 224.0.0.0 and up: groups, reserved, broadcast
};

bool is_public_v6(const in6_addr& address) {
    return (address.s6_addr[0] & 0xe0) == 0x20; // 2000::/3, the global unicast space
}

} // namespace

bool is_public(const net::SocketAddress& address) {
    if (address.is_v6()) return is_public_v6(reinterpret_cast<const sockaddr_in6*>(address.sa())->sin6_addr);
    if (!address.valid()) return false;
    const auto ip = ntohl(reinterpret_cast<const sockaddr_in*>(address.sa())->sin_addr.s_addr);
    for (const Network& network : kNotPublic)
        if ((ip & network.mask) == network.address) return false;
    return true;
}

bool unusable(const net::SocketAddress& address) {
    return !address.valid() || address.port() == 0 || address.is_unspecified() || address.is_multicast() ||
           address.is_broadcast();
}

bool credible(const LegPlan& plan, const net::SocketAddress& named) {
    if (!named.valid() || named.port() == 0 || named.is_unspecified()) return false;
    return plan.trusted || (plan.signalling.valid() && plan.signalling.same_ip(named)) || is_public(named);
}

} // namespace wakeline::media

// SPDX-License-Identifier: Apache-2.0
#include "daemon/own_addresses.h"

#include <ifaddrs.h>

#include <algorithm>

#include "base/c_handle.h"
#include "base/text.h"
#include "net/socket_address.h"

namespace wakeline::daemon {

namespace {

/// As it stands in a URI: an IPv6 address gets its brackets.
std::string host(const std::string& text) {
    const auto address = net::SocketAddress::parse(text, 0);
    return address ? address->host() : lower(text);
}

std::vector<std::string> interface_addresses() {
    std::vector<std::string> hosts;
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return hosts;
    const CHandle<ifaddrs, freeifaddrs> owner(list);
    for (const ifaddrs* at = list; at != nullptr; at = at->ifa_next) {
        if (at->ifa_addr == nullptr) continue;
        const int family = at->ifa_addr->sa_family;
        if (family == AF_INET)
            hosts.push_back(net::SocketAddress::from(at->ifa_addr, sizeof(sockaddr_in)).host());
        if (family == AF_INET6)
            hosts.push_back(net::SocketAddress::from(at->ifa_addr, sizeof(sockaddr_in6)).host());
    }
    return hosts;
}

} // namespace

std::vector<std::string> own_addresses(const config::Config& config) {
    std::vector<std::string> hosts;
    if (!config.access.public_address.empty()) hosts.push_back(host(config.access.public_address));
    bool any = false;
    for (const sip::ListenerConfig& listener : config.access.listeners) {
        const auto address = net::SocketAddress::parse(listener.address, 0);
        if (!listener.enabled || !address) continue;
        any = any || address->is_unspecified();
        if (!address->is_unspecified()) hosts.push_back(address->host());
    }
    for (const auto& [name, trunk] : config.trunks)
        if (const auto local = net::SocketAddress::parse(trunk.local)) hosts.push_back(local->host());
    if (any) {
        const auto interfaces = interface_addresses();
        hosts.insert(hosts.end(), interfaces.begin(), interfaces.end());
    }
    std::ranges::sort(hosts);
    hosts.erase(std::ranges::unique(hosts).begin(), hosts.end());
    return hosts;
}

} // namespace wakeline::daemon

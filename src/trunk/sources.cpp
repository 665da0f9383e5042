// SPDX-License-Identifier: Apache-2.0
#include "trunk/sources.h"

#include <algorithm>
#include <span>

#include "base/text.h"

namespace wakeline::trunk {

namespace {

std::span<const std::uint8_t> octets(const net::SocketAddress& address) {
    const bool v6 = address.is_v6();
    const void* at =
        v6 ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(address.sa())->sin6_addr)
           : &reinterpret_cast<const sockaddr_in*>(address.sa())->sin_addr;
    return {static_cast<const std::uint8_t*>(at), v6 ? 16U : 4U};
}

/// A URI of a certificate is sip:example.com; a name may also stand alone.
std::string_view without_scheme(std::string_view name) {
    for (const std::string_view scheme : {"sip:", "sips:"})
        if (istarts_with(name, scheme)) return name.substr(scheme.size());
    return name;
}

} // namespace

Result<Network> Network::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = net::SocketAddress::parse(text.substr(0, slash), 0);
    if (!address) return address.error();
    Network network;
    network.first_ = *address;
    const unsigned most = address->is_v6() ? 128 : 32;
    network.bits_ = most;
    if (slash == std::string_view::npos) return network;
    const auto bits = parse_unsigned<unsigned>(text.substr(slash + 1));
    if (!bits || *bits > most)
        return Error{ErrorCode::InvalidInput,
                     "\"" + std::string(text) + "\" is no network such as 192.0.2.0/24"};
    network.bits_ = *bits;
    return network;
}

bool Network::contains(const net::SocketAddress& address) const {
    if (address.family() != first_.family()) return false;
    const auto ours = octets(first_), theirs = octets(address);
    for (unsigned bit = 0; bit < bits_; bit += 8) {
        const unsigned mask = bits_ - bit >= 8 ? 0xffU : 0xffU << (8 - (bits_ - bit)) & 0xffU;
        if ((ours[bit / 8] & mask) != (theirs[bit / 8] & mask)) return false;
    }
    return true;
}

Result<Sources> Sources::create(const std::vector<std::string>& networks, std::vector<std::string> names) {
    Sources sources;
    for (const std::string& text : networks) {
        const auto network = Network::parse(text);
        if (!network) return Error{ErrorCode::InvalidInput, "accept_from: " + network.error().message};
        sources.networks_.push_back(*network);
    }
    sources.names_ = std::move(names);
    return sources;
}

bool Sources::has_address(const net::SocketAddress& remote) const {
    return std::ranges::any_of(networks_, [&](const Network& network) { return network.contains(remote); });
}

bool Sources::has_name(const sip::FlowInfo& from) const {
    if (!from.mutual || names_.empty()) return false;
    return std::ranges::any_of(split(from.peer_identity, ' '), [this](std::string_view shown) {
        return std::ranges::any_of(names_, [&](const std::string& name) {
            return !name.empty() && iequals(without_scheme(shown), name);
        });
    });
}

} // namespace wakeline::trunk

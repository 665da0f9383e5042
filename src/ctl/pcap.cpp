// SPDX-License-Identifier: Apache-2.0
#include "ctl/pcap.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>

#include "net/socket_address.h"

namespace wakeline::ctl {

namespace {

constexpr std::uint32_t kMagic = 0xa1b2c3d4, kRawIp = 101, kSnap = 262'144;
constexpr std::size_t kIp4 = 20, kUdp = 8, kMostPayload = 65'000;
constexpr std::uint8_t kUdpProtocol = 17, kHops = 64;

template <class T>
void put(std::string& out, T value) { // the file says its order by its magic number
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}
void put16(std::string& out, std::size_t value) {
    out += static_cast<char>(value >> 8 & 0xff);
    out += static_cast<char>(value & 0xff);
}

struct End {
    std::string octets; // of the address, in network order
    std::uint16_t port = 0;
};
End end_of(std::string_view text) {
    const auto address = net::SocketAddress::parse(std::string(text));
    if (!address) return {std::string(4, '\0'), 0};
    if (address->is_v6()) {
        const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address->sa());
        return {std::string(reinterpret_cast<const char*>(&v6->sin6_addr), 16), address->port()};
    }
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address->sa());
    return {std::string(reinterpret_cast<const char*>(&v4->sin_addr), 4), address->port()};
}

/// RFC 1071.
std::uint16_t checksum(std::string_view octets) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i + 1 < octets.size(); i += 2)
        sum += static_cast<std::uint32_t>(static_cast<unsigned char>(octets[i]) << 8 |
                                          static_cast<unsigned char>(octets[i + 1]));
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum & 0xffff);
}

std::string ip4_head(const End& from, const End& to, std::size_t length) {
    std::string head{'\x45', '\0'};
    put16(head, length);
    head += std::string(4, '\0');
    head += static_cast<char>(kHops);
    head += static_cast<char>(kUdpProtocol);
    head += std::string(2, '\0');
    (head += from.octets) += to.octets;
    std::string sum;
    put16(sum, checksum(head));
    return head.replace(10, 2, sum);
}

std::string ip6_head(const End& from, const End& to, std::size_t length) {
    std::string head{'\x60', '\0', '\0', '\0'};
    put16(head, length);
    head += static_cast<char>(kUdpProtocol);
    head += static_cast<char>(kHops);
    return (head += from.octets) += to.octets;
}

} // namespace

Pcap::Pcap() {
    put(out_, kMagic);
    put(out_, std::uint16_t{2});
    put(out_, std::uint16_t{4});
    put(out_, std::uint64_t{0}); // time zone and accuracy
    put(out_, kSnap);
    put(out_, kRawIp);
}

void Pcap::add(std::int64_t at_us, std::string_view from, std::string_view to, std::string_view payload) {
    const End source = end_of(from), target = end_of(to);
    payload = payload.substr(0, kMostPayload);
    const std::size_t length = kUdp + payload.size();
    const bool v6 = source.octets.size() == 16 && target.octets.size() == 16;
    std::string packet = v6 ? ip6_head(source, target, length) : ip4_head(source, target, kIp4 + length);
    put16(packet, source.port);
    put16(packet, target.port);
    put16(packet, length);
    put16(packet, 0); // no checksum
    packet += payload;
    put(out_, static_cast<std::uint32_t>(at_us / 1'000'000));
    put(out_, static_cast<std::uint32_t>(at_us % 1'000'000));
    put(out_, static_cast<std::uint32_t>(packet.size()));
    put(out_, static_cast<std::uint32_t>(packet.size()));
    out_ += packet;
}

} // namespace wakeline::ctl

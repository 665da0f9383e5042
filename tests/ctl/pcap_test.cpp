// SPDX-License-Identifier: Apache-2.0
#include "ctl/pcap.h"

#include <doctest/doctest.h>

#include "base/bytes.h"

using namespace wakeline;
using namespace wakeline::ctl;

TEST_CASE("a capture has a packet for each message, with its addresses and a good checksum") {
    Pcap pcap;
    CHECK(pcap.str().size() == 24);
    pcap.add(1'700'000'000'250'000, "192.0.2.1:5061", "198.51.100.2:40000", "OPTIONS");
    const std::string packet = pcap.str().substr(24 + 16);
    CHECK(packet.size() == 20 + 8 + 7);
    CHECK(hex(as_bytes(packet.substr(12, 8))) == "c0000201c6336402");
    CHECK(hex(as_bytes(packet.substr(20, 6))) == "13c59c40000f");
    CHECK(packet.ends_with("OPTIONS"));
    unsigned sum = 0;
    for (std::size_t i = 0; i < 20; i += 2)
        sum += static_cast<unsigned>(static_cast<unsigned char>(packet[i]) << 8 |
                                     static_cast<unsigned char>(packet[i + 1]));
    CHECK((sum & 0xffff) + (sum >> 16) == 0xffff);
}

TEST_CASE("IPv6 has its own head, and a message of any size its place") {
    Pcap pcap;
    pcap.add(0, "[2001:db8::1]:5061", "[2001:db8::2]:5060", std::string(100'000, 'x'));
    const std::string packet = pcap.str().substr(24 + 16);
    CHECK(packet[0] == '\x60');
    CHECK(packet.size() == 40 + 8 + 65'000);
}

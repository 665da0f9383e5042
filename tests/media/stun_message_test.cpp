// SPDX-License-Identifier: Apache-2.0
#include "media/stun_message.h"

#include <doctest/doctest.h>

#include <string>

using namespace wakeline;
using namespace wakeline::media;

namespace {

/// RFC 5769 section 2: the password of all three.
constexpr std::string_view kPassword = "VOkJxbRl1RmTxUk/WvJxBt";

const Bytes kRequest = *from_hex("000100582112a442b7e7a701bc34d686fa87dfae"
                                 "802200105354554e207465737420636c69656e74"
                                 "002400046e0001ff80290008932ff9b151263b36"
                                 "000600096576746a3a68367659202020"
                                 "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
                                 "80280004e57a3bcf");
const Bytes kResponseV4 = *from_hex("0101003c2112a442b7e7a701bc34d686fa87dfae"
                                    "8022000b7465737420766563746f7220"
                                    "002000080001a147e112a643"
                                    "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
                                    "80280004c07d4c96");
const Bytes kResponseV6 = *from_hex("010100482112a442b7e7a701bc34d686fa87dfae"
                                    "8022000b7465737420766563746f7220"
                                    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
                                    "00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
                                    "80280004c8fb0b4c");
const StunTransaction kTransaction{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

} // namespace

TEST_SUITE_BEGIN("media/stun_message");

TEST_CASE("the request of RFC 5769 section 2.1 is read and found true") {
    const auto message = StunMessage::parse(kRequest);
    REQUIRE(message);
    CHECK(message->kind() == StunClass::Request);
    CHECK(message->method() == StunMessage::kBinding);
    CHECK(message->username() == "evtj:h6vY");
    CHECK(as_text(*message->attribute(StunAttribute::Software)) == "STUN test client");
    CHECK(message->has(StunAttribute::IceControlled));
    CHECK_FALSE(message->has(StunAttribute::UseCandidate));
    CHECK(message->unknown_required().empty());
    CHECK(message->fingerprint_good());
    CHECK(message->integrity_good(kPassword));
    CHECK_FALSE(message->integrity_good("VOkJxbRl1RmTxUk/WvJxBu"));
}

TEST_CASE("the responses of RFC 5769 sections 2.2 and 2.3 carry the address that they should") {
    const auto four = StunMessage::parse(kResponseV4);
    REQUIRE(four);
    CHECK(four->kind() == StunClass::Success);
    CHECK(four->mapped_address()->str() == "192.0.2.1:32853");
    CHECK(four->fingerprint_good());
    CHECK(four->integrity_good(kPassword));
    const auto six = StunMessage::parse(kResponseV6);
    REQUIRE(six);
    CHECK(six->mapped_address()->str() == "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
    CHECK(six->fingerprint_good());
    CHECK(six->integrity_good(kPassword));
}

TEST_CASE("what is written is read back, and one changed bit is noticed") {
    for (const char* text : {"203.0.113.9:4711", "[2001:db8::7]:65535"}) {
        StunWriter writer(StunClass::Success, StunMessage::kBinding, kTransaction);
        writer.add_mapped(*net::SocketAddress::parse(text)).add_integrity(kPassword).add_fingerprint();
        Bytes octets = writer.bytes();
        auto message = StunMessage::parse(octets);
        REQUIRE(message);
        CHECK(message->transaction() == kTransaction);
        CHECK(message->mapped_address()->str() == text);
        CHECK(message->integrity_good(kPassword));
        CHECK(message->fingerprint_good());
        octets[26] ^= 1;
        CHECK_FALSE(message->integrity_good(kPassword));
        CHECK_FALSE(message->fingerprint_good());
    }
}

TEST_CASE("an error carries its number, and unknown attributes that must be understood are found") {
    StunWriter refusal(StunClass::Error, StunMessage::kBinding, kTransaction);
    refusal.add_error(487, "Role Conflict");
    const auto error = StunMessage::parse(refusal.bytes());
    REQUIRE(error);
    CHECK(error->kind() == StunClass::Error);
    CHECK(error->error_code() == 487);
    StunWriter strange(StunClass::Request, StunMessage::kBinding, kTransaction);
    strange.add_u32(static_cast<StunAttribute>(0x7001), 1).add_u32(static_cast<StunAttribute>(0xc001), 1);
    CHECK(StunMessage::parse(strange.bytes())->unknown_required() == std::vector<std::uint16_t>{0x7001});
}

TEST_CASE("what follows MESSAGE-INTEGRITY does not count") {
    StunWriter writer(StunClass::Request, StunMessage::kBinding, kTransaction);
    writer.add(StunAttribute::Username, "a:b").add_integrity(kPassword);
    writer.add_u32(StunAttribute::UseCandidate, 0);
    const auto message = StunMessage::parse(writer.bytes());
    REQUIRE(message);
    CHECK(message->integrity_good(kPassword));
    CHECK_FALSE(message->has(StunAttribute::UseCandidate));
}

TEST_CASE("what only looks like STUN is refused, at every length") {
    for (std::size_t size = 0; size < kRequest.size(); ++size)
        CHECK_FALSE(StunMessage::parse(ByteView(kRequest).first(size)));
    Bytes rtp = kRequest;
    rtp[0] = 0x80;
    CHECK_FALSE(StunMessage::looks_like(rtp));
    Bytes longer = kRequest; // an attribute that ends behind the message
    longer[23] = 0xff;
    CHECK_FALSE(StunMessage::parse(longer));
    Bytes early = kRequest; // FINGERPRINT in the middle
    early[20] = 0x80;
    early[21] = 0x28;
    CHECK_FALSE(StunMessage::parse(early));
}

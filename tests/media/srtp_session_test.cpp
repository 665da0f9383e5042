// SPDX-License-Identifier: Apache-2.0
#include "media/srtp_receiver.h"

#include <doctest/doctest.h>

#include "fakes/srtp.h"

using namespace wakeline;
using namespace wakeline::media;

namespace {

SrtpKey key_of(SrtpSuite suite, std::uint8_t fill = 1) {
    return {.suite = suite,
            .key_and_salt = Bytes(info(suite).key_and_salt(), fill),
            .mki = {},
            .srtcp_encrypted = true};
}
struct Tags {
    SrtpSuite suite;
    std::size_t rtp, rtcp;
};
constexpr std::array kSuites{
    Tags{SrtpSuite::AesCm128Sha1_80, 10, 10},
    Tags{SrtpSuite::AesCm128Sha1_32, 4, 10}, // RFC 4568 section 6.2.2: never a short tag for RTCP
    Tags{SrtpSuite::AesCm256Sha1_80, 10, 10},
    Tags{SrtpSuite::AeadAes128Gcm, 16, 16},
    Tags{SrtpSuite::AeadAes256Gcm, 16, 16},
};

const SrtpKey kKey = key_of(SrtpSuite::AesCm128Sha1_80);

SrtpSession session(SrtpDirection direction, const SrtpKey& key = kKey) {
    return *SrtpSession::create(test::srtp_library(), direction, key);
}

Bytes rtp(std::uint16_t sequence) {
    return {0x80,
            8,
            static_cast<std::uint8_t>(sequence >> 8),
            static_cast<std::uint8_t>(sequence),
            0,
            0,
            0,
            1,
            0xca,
            0xfe,
            0,
            1,
            'h',
            'e',
            'l',
            'l',
            'o'};
}
Bytes receiver_report() { return {0x80, 201, 0, 1, 0xca, 0xfe, 0, 1}; }

Bytes protected_by(SrtpSession& sender, Bytes packet) {
    std::size_t size = packet.size();
    const bool rtcp = packet[1] == 201;
    packet.resize(size + SrtpSession::kTrailerRoom);
    REQUIRE((rtcp ? sender.protect_rtcp(packet, size) : sender.protect(packet, size)) == SrtpVerdict::Good);
    packet.resize(size);
    return packet;
}

SrtpVerdict unprotect(SrtpSession& receiver, Bytes& packet) {
    std::size_t size = packet.size();
    const auto verdict =
        packet[1] == 201 ? receiver.unprotect_rtcp(packet, size) : receiver.unprotect(packet, size);
    packet.resize(size);
    return verdict;
}

} // namespace

TEST_SUITE_BEGIN("media/srtp_session");

TEST_CASE("what one side protects the other unprotects, in every suite: proves SBC-SRTP-02") {
    for (const auto& [suite, rtp_tag, rtcp_tag] : kSuites) {
        auto sender = session(SrtpDirection::Outbound, key_of(suite));
        auto receiver = session(SrtpDirection::Inbound, key_of(suite));
        auto packet = protected_by(sender, rtp(1));
        CHECK(packet.size() == rtp(1).size() + rtp_tag);
        CHECK(unprotect(receiver, packet) == SrtpVerdict::Good);
        CHECK(packet == rtp(1));
        auto report = protected_by(sender, receiver_report());
        CHECK(report.size() == receiver_report().size() + rtcp_tag + 4); // the SRTCP index
        CHECK(unprotect(receiver, report) == SrtpVerdict::Good);
        CHECK(report == receiver_report());
    }
}

TEST_CASE("a packet is the one that RFC 3711 describes") {
    // Master key and salt of RFC 3711 appendix B.3. The packet was computed from the RFC's formulas with the
    // AES and HMAC of another library.
    const SrtpKey key{.suite = SrtpSuite::AesCm128Sha1_80,
                      .key_and_salt =
                          *from_hex("e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6"),
                      .mki = {},
                      .srtcp_encrypted = true};
    auto sender = session(SrtpDirection::Outbound, key);
    const auto packet =
        protected_by(sender, *from_hex("800f1234decafbadcafebabeabababababababababababababababab"));
    CHECK(hex(packet) == "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb");
}

TEST_CASE("a replayed packet is refused") {
    auto sender = session(SrtpDirection::Outbound);
    auto receiver = session(SrtpDirection::Inbound);
    auto first = protected_by(sender, rtp(1)), second = first;
    CHECK(unprotect(receiver, first) == SrtpVerdict::Good);
    CHECK(unprotect(receiver, second) == SrtpVerdict::Replayed);
}

TEST_CASE("a packet under another key is refused and left as it was, in every suite") {
    for (const auto& [suite, rtp_tag, rtcp_tag] : kSuites) {
        auto sender = session(SrtpDirection::Outbound, key_of(suite, 2));
        auto receiver = session(SrtpDirection::Inbound, key_of(suite));
        for (const Bytes& sent : {protected_by(sender, rtp(1)), protected_by(sender, receiver_report())}) {
            auto packet = sent;
            CHECK(unprotect(receiver, packet) == SrtpVerdict::Forged);
            CHECK(packet == sent);
        }
    }
}

TEST_CASE("a GCM packet is the one that RFC 7714 describes: proves SBC-SRTP-02") {
    // Session keys by RFC 3711 section 4.3.3 from this master key, the 12-octet salt padded at its end
    // (RFC 7714 section 11); the packet was computed with another library's AES.
    const SrtpKey key{.suite = SrtpSuite::AeadAes128Gcm,
                      .key_and_salt = *from_hex("000102030405060708090a0b0c0d0e0f517569642070726f2071756f"),
                      .mki = {},
                      .srtcp_encrypted = true};
    auto sender = session(SrtpDirection::Outbound, key);
    const auto packet =
        protected_by(sender, *from_hex("800ff17bdecafbadcafebabe47616c6c696120657374206f6d6e6973"));
    CHECK(hex(packet) ==
          "800ff17bdecafbadcafebabebd225f5bcebe2f892bf5dc10db482241367697e8963fcaf4df203fbb59656381");
}

TEST_CASE("a forged GCM packet does not stop the true one: proves SBC-SRTP-02") {
    auto sender = session(SrtpDirection::Outbound, key_of(SrtpSuite::AeadAes256Gcm));
    auto receiver = session(SrtpDirection::Inbound, key_of(SrtpSuite::AeadAes256Gcm));
    auto packet = protected_by(sender, rtp(1)), forged = packet;
    forged.back() ^= 1;
    CHECK(unprotect(receiver, forged) == SrtpVerdict::Forged);
    CHECK(unprotect(receiver, packet) == SrtpVerdict::Good);
    CHECK(packet == rtp(1));
    Bytes too_short = rtp(2);
    CHECK(unprotect(receiver, too_short) != SrtpVerdict::Good);
}

TEST_CASE("SRTCP may go unencrypted, and is still authenticated: proves SBC-SRTP-07") {
    SrtpKey key = kKey;
    key.srtcp_encrypted = false;
    auto sender = session(SrtpDirection::Outbound, key);
    auto receiver = session(SrtpDirection::Inbound, key);
    Bytes report = receiver_report();
    report[3] = 2;
    report.insert(report.end(), {1, 2, 3, 4});
    auto packet = protected_by(sender, report);
    CHECK(std::equal(report.begin(), report.end(), packet.begin()));
    packet[9] ^= 1;
    CHECK(unprotect(receiver, packet) == SrtpVerdict::Forged);
    packet[9] ^= 1;
    CHECK(unprotect(receiver, packet) == SrtpVerdict::Good);
}

TEST_CASE("a master key identifier travels with every packet") {
    SrtpKey key = kKey;
    key.mki = {0, 0, 0, 1};
    auto sender = session(SrtpDirection::Outbound, key);
    auto receiver = session(SrtpDirection::Inbound, key);
    auto packet = protected_by(sender, rtp(1));
    CHECK(packet.size() == rtp(1).size() + 14);
    CHECK(unprotect(receiver, packet) == SrtpVerdict::Good);
    CHECK(packet == rtp(1));
}

TEST_CASE("a new key keeps the roll-over counter: proves SBC-SRTP-06") {
    auto sender = session(SrtpDirection::Outbound);
    auto receiver = session(SrtpDirection::Inbound);
    for (std::uint32_t sequence = 65'000; sequence < 65'000 + 1'000; ++sequence) { // over the roll-over
        auto packet = protected_by(sender, rtp(static_cast<std::uint16_t>(sequence)));
        REQUIRE(unprotect(receiver, packet) == SrtpVerdict::Good);
    }
    const auto other = key_of(SrtpSuite::AesCm128Sha1_80, 9);
    REQUIRE(sender.rekey(other).has_value());
    REQUIRE(receiver.rekey(other).has_value());
    auto packet = protected_by(sender, rtp(500));
    CHECK(unprotect(receiver, packet) == SrtpVerdict::Good);

    auto fresh = session(SrtpDirection::Inbound, other);
    packet = protected_by(sender, rtp(501));
    CHECK(unprotect(fresh, packet) == SrtpVerdict::Forged); // its counter is 0: the sender's is not
}

TEST_CASE(
    "a receiver takes old and new key for a while, with the counter kept or begun anew: proves SBC-SRTP-06") {
    const auto other = key_of(SrtpSuite::AesCm128Sha1_80, 9);
    const net::TimePoint now{std::chrono::seconds(100)};
    const auto late = now + std::chrono::seconds(6);
    for (const bool phone_resets : {false, true}) {
        auto sender = session(SrtpDirection::Outbound);
        auto receiver = *SrtpReceiver::create(test::srtp_library(), kKey);
        const auto take = [&](Bytes packet, net::TimePoint at) {
            std::size_t size = packet.size();
            return receiver.unprotect(packet, size, at);
        };
        for (std::uint32_t sequence = 65'000; sequence < 65'000 + 1'000; ++sequence)
            REQUIRE(take(protected_by(sender, rtp(static_cast<std::uint16_t>(sequence))), now) ==
                    SrtpVerdict::Good);
        const auto on_its_way = protected_by(sender, rtp(465)), never_came = protected_by(sender, rtp(466));
        const std::array<std::uint32_t, 1> ssrcs{0xcafe'0001};
        REQUIRE(receiver.rekey(test::srtp_library(), other, ssrcs, now).has_value());
        CHECK(take(on_its_way, now) == SrtpVerdict::Good);
        CHECK(take(on_its_way, now) == SrtpVerdict::Replayed);
        auto resetting = session(SrtpDirection::Outbound, other);
        if (!phone_resets) REQUIRE(sender.rekey(other).has_value());
        CHECK(take(protected_by(phone_resets ? resetting : sender, rtp(500)), now) == SrtpVerdict::Good);
        CHECK(take(protected_by(phone_resets ? resetting : sender, rtp(501)), late) == SrtpVerdict::Good);
        CHECK(take(never_came, late) == SrtpVerdict::Forged);
    }
}

TEST_CASE("a sender that counted on during a long silence is found again: proves SBC-SRTP-06") {
    auto sender = session(SrtpDirection::Outbound);
    auto receiver = *SrtpReceiver::create(test::srtp_library(), kKey);
    const net::TimePoint now{std::chrono::seconds(100)};
    std::uint32_t sequence = 1;
    const auto next = [&] { return protected_by(sender, rtp(static_cast<std::uint16_t>(sequence++))); };
    auto first = next(), kept = first;
    std::size_t size = first.size();
    REQUIRE(receiver.unprotect(first, size, now) == SrtpVerdict::Good);
    while (sequence < 65'536 + 40'000) // all of these are lost
        next();
    auto packet = next();
    size = packet.size();
    CHECK(receiver.unprotect(packet, size, now) == SrtpVerdict::Forged);
    size = packet.size();
    CHECK(receiver.catch_up(test::srtp_library(), kKey, packet, size) == SrtpVerdict::Good);
    packet = next();
    size = packet.size();
    CHECK(receiver.unprotect(packet, size, now) == SrtpVerdict::Good);
    size = kept.size();
    CHECK(receiver.catch_up(test::srtp_library(), kKey, kept, size) == SrtpVerdict::Forged); // no way back
}

TEST_CASE("a new SSRC under the same key begins its own count: proves SBC-SRTP-06") {
    auto sender = session(SrtpDirection::Outbound);
    auto receiver = session(SrtpDirection::Inbound);
    for (std::uint32_t sequence = 65'500; sequence < 65'600; ++sequence) {
        auto packet = protected_by(sender, rtp(static_cast<std::uint16_t>(sequence)));
        REQUIRE(unprotect(receiver, packet) == SrtpVerdict::Good);
    }
    auto restarted = rtp(3);
    restarted[11] = 9;
    auto packet = protected_by(sender, restarted);
    CHECK(unprotect(receiver, packet) == SrtpVerdict::Good);
    packet = protected_by(sender, rtp(65)); // and the old one goes on with its own
    CHECK(unprotect(receiver, packet) == SrtpVerdict::Good);
}

TEST_CASE("protecting without room for the trailer is refused, not an overrun") {
    auto sender = session(SrtpDirection::Outbound);
    auto packet = rtp(1);
    std::size_t size = packet.size();
    CHECK(sender.protect(packet, size) == SrtpVerdict::Bad);
    CHECK(sender.protect_rtcp(packet, size) == SrtpVerdict::Bad);
}

TEST_SUITE_END();

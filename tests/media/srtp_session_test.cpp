// SPDX-License-Identifier: Apache-2.0
#include "media/srtp_session.h"

#include <doctest/doctest.h>

#include <array>
#include <vector>

using namespace wakeline::media;

namespace {

const SrtpLibrary kLibrary;
constexpr std::array<std::uint8_t, SrtpSession::kKeyAndSaltSize> kKey{1, 2, 3};

SrtpSession session(SrtpDirection direction) {
    return *SrtpSession::create(kLibrary, direction, SrtpProfile::Aes128CmSha1Tag80, kKey);
}

std::vector<std::uint8_t> rtp(std::uint8_t sequence) {
    return {0x80, 0, 0, sequence, 0, 0, 0, 1, 0xca, 0xfe, 0, 1, 'h', 'e', 'l', 'l', 'o'};
}

std::vector<std::uint8_t> protected_by(SrtpSession& sender, std::uint8_t sequence) {
    auto packet = rtp(sequence);
    const auto size = packet.size();
    packet.resize(size + SrtpSession::kTrailerRoom);
    packet.resize(*sender.protect(packet, size));
    return packet;
}

} // namespace

TEST_SUITE_BEGIN("media/srtp_session");

TEST_CASE("what one side protects the other unprotects") {
    auto sender = session(SrtpDirection::Outbound);
    auto receiver = session(SrtpDirection::Inbound);
    auto packet = protected_by(sender, 1);
    CHECK(packet != rtp(1));
    packet.resize(*receiver.unprotect(packet));
    CHECK(packet == rtp(1));
}

TEST_CASE("a replayed packet is refused") {
    auto sender = session(SrtpDirection::Outbound);
    auto receiver = session(SrtpDirection::Inbound);
    const auto packet = protected_by(sender, 1);
    auto first = packet, second = packet;
    CHECK(receiver.unprotect(first).has_value());
    CHECK(receiver.unprotect(second).error().code == wakeline::ErrorCode::Crypto);
}

TEST_CASE("protecting without room for the trailer is an error, not an overrun") {
    auto sender = session(SrtpDirection::Outbound);
    auto packet = rtp(1);
    CHECK(sender.protect(packet, packet.size()).error().code == wakeline::ErrorCode::InvalidInput);
}

TEST_SUITE_END();

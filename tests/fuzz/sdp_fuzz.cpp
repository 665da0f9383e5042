// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "fakes/fake_ports.h"
#include "media/codec_policy.h"
#include "media/offer_answer.h"

using namespace wakeline::media;

namespace {

void read_and_write(std::string_view text) {
    const auto sdp = Sdp::parse(text);
    if (!sdp) return;
    const auto again = Sdp::parse(sdp->str());
    WAKELINE_ASSERT(again && *again == *sdp);
    for (const SdpSection& section : sdp->media)
        if (const auto stream = StreamDescription::read(sdp->session, section))
            for (const auto& line : stream->crypto)
                static_cast<void>(CryptoLine::parse(line));
}

/// What we write must be SDP that we would read, whatever we were given.
void negotiate(SrtpMode mode, std::string_view offer, std::string_view answer, const SidePolicy& side = {}) {
    wakeline::test::FakePorts ports;
    OfferAnswerPolicy policy;
    policy.phones = policy.pbx = &side;
    policy.match_trunk = side.require_srtp;
    policy.phone = mode;
    policy.trunk = SrtpMode::Prefer;
    policy.crypto.suites = {SrtpSuite::AesCm256Sha1_80, SrtpSuite::AesCm128Sha1_80};
    policy.fingerprint = "sha-256 00";
    policy.keys = KeyExchange::DtlsSdes;
    policy.ice = IceMode::Offer;
    OfferAnswer both(policy, ports);
    const auto offered = both.offer(MediaSide::Phone, offer);
    if (!offered) return;
    WAKELINE_ASSERT(Sdp::parse(*offered).has_value());
    if (const auto answered = both.answer(MediaSide::Trunk, answer))
        WAKELINE_ASSERT(Sdp::parse(*answered).has_value());
    if (const auto echoed = both.answer(MediaSide::Trunk, *offered))
        WAKELINE_ASSERT(Sdp::parse(*echoed).has_value());
    if (const auto back = both.offer(MediaSide::Trunk, answer)) {
        WAKELINE_ASSERT(Sdp::parse(*back).has_value());
        static_cast<void>(both.answer(MediaSide::Phone, offer));
    }
    both.rollback();
}

} // namespace

/// An offer, and behind the first NUL an answer to it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(text.find('\0'), text.size());
    const auto offer = text.substr(0, end);
    const auto answer = end < text.size() ? text.substr(end + 1) : offer;
    read_and_write(offer);
    read_and_write(answer);
    negotiate(SrtpMode::SrtpOnly, offer, answer);
    negotiate(SrtpMode::Off, offer, answer);
    negotiate(SrtpMode::RtpAndSrtp, offer, answer);
    negotiate(SrtpMode::SrtpAndRtp, offer, answer);
    SidePolicy strict;
    strict.codecs = {
        .allow = {"PCMA", "H264"}, .deny = {"CN"}, .prefer = {"H264"}, .ptime = PacketTime::Ms30};
    negotiate(SrtpMode::Prefer, offer, answer, strict);
    strict.require_srtp = true;
    negotiate(SrtpMode::Prefer, offer, answer, strict);
    WAKELINE_ASSERT(codecs_of(offer).size() < 1'000);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "media/codec_policy.h"

#include <doctest/doctest.h>

#include "fakes/fake_ports.h"
#include "media/offer_answer.h"

using namespace wakeline;
using namespace wakeline::media;

namespace {

const std::string kAudio = "m=audio 4000 RTP/AVP 9 8 0 96 101 13\r\n"
                           "a=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\n"
                           "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\n";
const std::string kVideo =
    "m=video 4002 RTP/AVPF 97 98 99\r\n"
    "a=rtpmap:97 VP8/90000\r\na=rtcp-fb:97 nack pli\r\na=rtpmap:98 H264/90000\r\n"
    "a=fmtp:98 profile-level-id=42e01f\r\na=rtcp-fb:98 ccm fir\r\na=rtpmap:99 rtx/90000\r\n"
    "a=fmtp:99 apt=97\r\na=rtcp-fb:* nack\r\nb=AS:512\r\n";
std::string sdp(const std::string& media) {
    return "v=0\r\no=- 7 1 IN IP4 10.0.0.5\r\ns=-\r\nc=IN IP4 10.0.0.5\r\nt=0 0\r\n" + media;
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

struct Negotiation {
    explicit Negotiation(const CodecPolicy& phone, const CodecPolicy& pbx = {}) {
        phones.codecs = phone;
        trunk.codecs = pbx;
        OfferAnswerPolicy policy;
        policy.phone = SrtpMode::Off;
        policy.phones = &phones;
        policy.pbx = &trunk;
        both.emplace(std::move(policy), ports);
    }
    std::string offer(MediaSide from, const std::string& media) {
        return told(both->offer(from, sdp(media)));
    }
    std::string answer(MediaSide from, const std::string& media) {
        return told(both->answer(from, sdp(media)));
    }
    std::string told(const Result<std::string>& result) {
        if (!result) code = result.error().code;
        return result ? *result : result.error().message;
    }
    SidePolicy phones, trunk;
    test::FakePorts ports;
    std::optional<OfferAnswer> both;
    ErrorCode code = ErrorCode::Io;
};

} // namespace

TEST_SUITE_BEGIN("media/codec_policy");

TEST_CASE("only allowed codecs pass, with their numbers; events and comfort noise stay: proves SBC-COD-04") {
    Negotiation n({.allow = {"pcma", "opus/48000"}});
    const auto told = n.offer(MediaSide::Trunk, kAudio);
    CHECK(has(told, "m=audio 5008 RTP/AVP 8 96 101 13\r\n"));
    CHECK(has(told, "a=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\n"));
    CHECK(has(told, "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"));
}

TEST_CASE("what one side must not use is not offered to the other either: nothing is transcoded") {
    Negotiation n({.deny = {"opus", "telephone-event"}}, {.deny = {"G722"}});
    for (const MediaSide from : {MediaSide::Trunk, MediaSide::Phone}) {
        const auto told = n.offer(from, kAudio);
        CHECK(has(told, "RTP/AVP 8 0 13\r\n"));
        CHECK_FALSE(has(told, "opus"));
        CHECK_FALSE(has(told, "useinbandfec"));
        CHECK_FALSE(has(told, "telephone-event"));
        n.both->rollback();
    }
}

TEST_CASE("each side is offered first what it prefers, and chooses by itself: proves SBC-COD-04") {
    Negotiation n({.prefer = {"opus", "PCMU"}}, {.prefer = {"PCMA"}});
    CHECK(has(n.offer(MediaSide::Trunk, kAudio), "RTP/AVP 96 0 9 8 101 13\r\n"));
    n.both->rollback();
    CHECK(has(n.offer(MediaSide::Phone, kAudio), "RTP/AVP 8 9 0 96 101 13\r\n"));
    CHECK(has(n.answer(MediaSide::Trunk, kAudio), "RTP/AVP 9 8 0 96 101 13\r\n"));
}

TEST_CASE("an offer is never emptied in silence: the refusal names both lists") {
    Negotiation n({.allow = {"PCMU"}}, {.deny = {"PCMU"}});
    CHECK(
        n.offer(MediaSide::Phone, kAudio) ==
        "an offer without a usable stream: no codec that may be used: offered G722/8000 PCMA/8000 PCMU/8000 "
        "opus/48000/2 telephone-event/8000 CN/8000; allowed PCMU, denied PCMU");
    CHECK(n.code == ErrorCode::Refused);
    CHECK(n.ports.held == 0);
}

TEST_CASE("an answer keeps to the policy too, and one without an allowed codec is refused") {
    Negotiation n({.deny = {"G722"}});
    n.offer(MediaSide::Trunk, kAudio);
    CHECK(
        has(n.answer(MediaSide::Phone, "m=audio 6000 RTP/AVP 9 101\r\na=rtpmap:101 telephone-event/8000\r\n"),
            "offered G722/8000 telephone-event/8000; denied G722"));
    CHECK(n.code == ErrorCode::Refused);
    CHECK(has(n.answer(MediaSide::Phone, "m=audio 6000 RTP/AVP 9 8\r\n"), "RTP/AVP 8\r\n"));
    CHECK(n.both->streams().at(0).codec == "PCMA/8000");
}

TEST_CASE("a packet time is asked of the side that it is for, within the other's limit: proves EM-AUD-02") {
    Negotiation n({.ptime = PacketTime::Ms40}, {.ptime = PacketTime::Ms30});
    CHECK(has(n.offer(MediaSide::Trunk, kAudio), "a=ptime:40\r\n"));
    const auto answer =
        n.answer(MediaSide::Phone, "m=audio 6000 RTP/AVP 8\r\na=maxptime:20\r\na=ptime:10\r\n");
    CHECK(has(answer, "a=ptime:20\r\n"));
    CHECK_FALSE(has(answer, "a=ptime:10\r\n"));
    CHECK(has(answer, "a=maxptime:20\r\n"));
}

TEST_CASE("a list of audio codecs says nothing about video, and the other way round") {
    Negotiation audio({.allow = {"PCMA"}});
    CHECK(has(audio.offer(MediaSide::Trunk, kAudio + kVideo), "m=video 5012 RTP/AVPF 97 98 99\r\n"));
    Negotiation video({.allow = {"H264"}});
    const auto told = video.offer(MediaSide::Trunk, kAudio + kVideo);
    CHECK(has(told, "m=audio 5008 RTP/AVP 9 8 0 96 101 13\r\n"));
    CHECK(has(told, "m=video 5012 RTP/AVPF 98\r\n")); // the repair of VP8 goes with it
    CHECK_FALSE(has(told, "nack pli"));
    CHECK(has(told, "a=rtcp-fb:98 ccm fir\r\n"));
    CHECK(has(told, "a=rtcp-fb:* nack\r\n"));
    CHECK(has(told, "b=AS:512\r\n"));
}

TEST_CASE("video that is switched off for a side is refused, and voice goes on: proves SBC-COD-05") {
    Negotiation n({}, {.video = false});
    const auto told = n.offer(MediaSide::Phone, kAudio + kVideo);
    CHECK(has(told, "m=video 0 RTP/AVPF 97 98 99\r\n"));
    const auto answer = n.answer(MediaSide::Trunk, kAudio + "m=video 0 RTP/AVPF 98\r\n");
    CHECK(has(answer, "m=audio 5008 RTP/AVP"));
    CHECK(has(answer, "m=video 0 RTP/AVPF"));
}

TEST_CASE("the codecs of an SDP are named for logs, in bounds") {
    CHECK(codecs_of(sdp("m=audio 4000 RTP/AVP 8 77\r\nm=video 0 RTP/AVP 34\r\n" + kVideo)) ==
          "audio PCMA/8000 type 77; video VP8/90000 H264/90000 rtx/90000");
    CHECK(codecs_of("nonsense") == "");
    std::string many = "m=audio 4000 RTP/AVP";
    for (int type = 96; type < 128; ++type)
        many += " " + std::to_string(type);
    for (int type = 96; type < 128; ++type)
        many += "\r\na=rtpmap:" + std::to_string(type) + " " + std::string(60, 'x') + "/8000";
    CHECK(codecs_of(sdp(many + "\r\n")).size() < 500);
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include "media/offer_answer.h"

#include <doctest/doctest.h>

#include <string>

#include "fakes/fake_ports.h"

using namespace wakeline;
using namespace wakeline::media;

namespace {

constexpr auto kPhone = MediaSide::Phone;
constexpr auto kTrunk = MediaSide::Trunk;

OfferAnswerPolicy policy(SrtpMode phone, SrtpMode trunk = SrtpMode::Off) {
    OfferAnswerPolicy policy;
    policy.phone = phone;
    policy.trunk = trunk;
    policy.crypto.suites = {SrtpSuite::AesCm128Sha1_80, SrtpSuite::AesCm128Sha1_32,
                            SrtpSuite::AesCm256Sha1_80};
    return policy;
}

struct Negotiation {
    explicit Negotiation(SrtpMode phone, SrtpMode trunk = SrtpMode::Off)
        : Negotiation(policy(phone, trunk)) {}
    explicit Negotiation(OfferAnswerPolicy p) : both(std::move(p), ports) {}

    std::string offer(MediaSide from, const std::string& sdp) {
        const auto result = both.offer(from, sdp);
        return result ? *result : "refused: " + result.error().message;
    }
    std::string answer(MediaSide from, const std::string& sdp) {
        const auto result = both.answer(from, sdp);
        return result ? *result : "refused: " + result.error().message;
    }

    test::FakePorts ports;
    OfferAnswer both;
};

std::string session(const std::string& ip, const std::string& media) {
    return "v=0\r\no=user 77 1 IN IP4 " + ip + "\r\ns=call\r\nc=IN IP4 " + ip + "\r\nt=0 0\r\n" + media;
}
std::string audio(int port, const std::string& proto = "RTP/AVP", const std::string& more = "") {
    return "m=audio " + std::to_string(port) + " " + proto + " 8 101\r\na=rtpmap:8 PCMA/8000\r\n" +
           "a=rtpmap:101 telephone-event/8000\r\n" + more;
}
std::string video(int port, const std::string& more = "") {
    return "m=video " + std::to_string(port) + " RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n" + more;
}
std::string pbx(const std::string& media) { return session("10.0.0.5", media); }
std::string phone(const std::string& media) { return session("192.168.1.7", media); }

const std::string kTheirKey = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
std::string crypto(int tag, const std::string& suite = "AES_CM_128_HMAC_SHA1_80",
                   const std::string& more = "") {
    return "a=crypto:" + std::to_string(tag) + " " + suite + " inline:" + kTheirKey + more + "\r\n";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
std::string line(const std::string& text, const std::string& begin) {
    const auto at = text.find(begin);
    return at == std::string::npos ? "" : text.substr(at, text.find("\r\n", at) - at);
}

/// The m= lines, in order.
std::string media_lines(const std::string& sdp) {
    std::string lines;
    const auto parsed = Sdp::parse(sdp);
    if (!parsed) return sdp;
    for (const SdpSection& section : parsed->media)
        lines += (lines.empty() ? "" : "; ") + section.lines.front().value;
    return lines;
}

} // namespace

TEST_SUITE_BEGIN("media/offer_answer");

TEST_CASE("the other side sees our address and ports, and nothing of its peer's: proves SBC-RTP-12") {
    Negotiation n(SrtpMode::Off);
    const auto to_phone =
        n.offer(kTrunk, pbx(audio(30'000, "RTP/AVP",
                                  "a=rtcp:30001 IN IP4 10.0.0.5\r\na=ptime:20\r\na=candidate:1 1 UDP 1 "
                                  "10.0.0.5 30000 typ host\r\na=ssrc:1 cname:u@10.0.0.5\r\n")));
    CHECK(has(to_phone, "c=IN IP4 203.0.113.10\r\n"));
    CHECK(has(to_phone, "m=audio 5008 RTP/AVP 8 101\r\n"));
    CHECK(has(to_phone, "a=ptime:20\r\n"));
    CHECK(has(to_phone, "a=rtpmap:101 telephone-event/8000\r\n"));
    CHECK_FALSE(has(to_phone, "10.0.0.5"));
    CHECK_FALSE(has(to_phone, "30000"));
    const auto to_pbx = n.answer(kPhone, phone(audio(4'000)));
    CHECK(has(to_pbx, "c=IN IP4 10.0.0.4\r\n"));
    CHECK_FALSE(has(to_pbx, "192.168.1.7"));
    REQUIRE(n.both.streams().size() == 1);
    const auto& stream = n.both.streams()[0];
    CHECK(stream.leg(kTrunk).rtp.str() == "10.0.0.5:30000");
    CHECK(stream.leg(kTrunk).rtcp.str() == "10.0.0.5:30001");
    CHECK(stream.leg(kPhone).rtp.str() == "192.168.1.7:4000");
    CHECK(stream.codec == "PCMA/8000");
}

TEST_CASE("ports follow kind and security: proves SBC-RTP-03") {
    Negotiation n(SrtpMode::SrtpOnly);
    const auto to_phone = n.offer(kTrunk, pbx(audio(30'000) + video(30'002)));
    CHECK(has(to_phone, "m=audio 5010 RTP/SAVP 8 101\r\n"));
    CHECK(has(to_phone, "m=video 5014 RTP/SAVP 96\r\n"));
    const auto to_pbx = n.answer(
        kPhone, phone(audio(4'000, "RTP/SAVP", crypto(1)) + "m=video 4002 RTP/SAVP 96\r\n" + crypto(1)));
    CHECK(has(to_pbx, "m=audio 5008 RTP/AVP 8 101\r\n"));
    CHECK(has(to_pbx, "m=video 5012 RTP/AVP 96\r\n"));
    CHECK_FALSE(has(to_pbx, "crypto"));
}

TEST_CASE("phones are offered every configured suite in order, each with its own key: proves SBC-SRTP-02") {
    Negotiation n(SrtpMode::SrtpOnly);
    const auto to_phone = n.offer(kTrunk, pbx(audio(30'000)));
    const auto first = to_phone.find("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:");
    const auto second = to_phone.find("a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:");
    const auto third = to_phone.find("a=crypto:3 AES_256_CM_HMAC_SHA1_80 inline:");
    CHECK(first < second);
    CHECK(second < third);
    CHECK(third != std::string::npos);
    CHECK(line(to_phone, "a=crypto:1").substr(10) != line(to_phone, "a=crypto:2").substr(10));
    n.answer(kPhone, phone(audio(4'000, "RTP/SAVP", crypto(2, "AES_CM_128_HMAC_SHA1_32"))));
    const auto& leg = n.both.streams().at(0).leg(kPhone);
    CHECK(leg.receive->key_and_salt == *from_base64(kTheirKey));
    CHECK(has(line(to_phone, "a=crypto:2"), base64(leg.send->key_and_salt)));
    CHECK_FALSE(n.both.streams().at(0).leg(kTrunk).receive.has_value());
}

TEST_CASE("an answer takes one offered line, by our order, with its tag and spelling and a key of ours") {
    Negotiation n(SrtpMode::SrtpOnly);
    n.offer(kPhone,
            phone(audio(4'000, "RTP/SAVP",
                        crypto(7, "AES_CM_128_HMAC_SHA1_32") + crypto(9, "aes_cm_128_hmac_sha1_80"))));
    const auto to_phone = n.answer(kTrunk, pbx(audio(30'000)));
    CHECK(has(to_phone, "m=audio 5010 RTP/SAVP"));
    CHECK(has(to_phone, "a=crypto:9 aes_cm_128_hmac_sha1_80 inline:"));
    CHECK_FALSE(has(to_phone, "a=crypto:7"));
    CHECK_FALSE(has(to_phone, kTheirKey));
}

TEST_CASE("a plain offer from a phone is refused when only SRTP is allowed: proves SBC-SRTP-08") {
    Negotiation n(SrtpMode::SrtpOnly);
    CHECK(n.offer(kPhone, phone(audio(4'000))) ==
          "refused: an offer without a usable stream: plain RTP is not allowed on this side");
    CHECK(n.offer(kPhone, phone(audio(4'000, "RTP/SAVP", crypto(1, "F8_128_HMAC_SHA1_80")))) ==
          "refused: an offer without a usable stream: no a=crypto line that can be used");
    CHECK(
        has(n.offer(kPhone, phone(audio(4'000, "RTP/AVP", crypto(1)))), "m=audio 5008 RTP/AVP")); // RFC 8643
}

TEST_CASE("Prefer takes what the phone offers, and offers SRTP to phones on secure connections") {
    Negotiation plain(SrtpMode::Prefer);
    plain.offer(kPhone, phone(audio(4'000)));
    CHECK(has(plain.answer(kTrunk, pbx(audio(30'000))), "m=audio 5008 RTP/AVP"));
    Negotiation offered(SrtpMode::Prefer);
    CHECK(has(offered.offer(kTrunk, pbx(audio(30'000))), "m=audio 5010 RTP/SAVP"));
    auto insecure = policy(SrtpMode::Prefer);
    insecure.phone_signalling_secure = false;
    Negotiation clear(insecure);
    CHECK(has(clear.offer(kTrunk, pbx(audio(30'000))), "m=audio 5008 RTP/AVP"));
}

TEST_CASE(
    "a phone that offers the medium twice gets the secure one, and the PBX sees one: proves SBC-SRTP-05") {
    for (const SrtpMode mode :
         {SrtpMode::SrtpOnly, SrtpMode::Prefer, SrtpMode::RtpAndSrtp, SrtpMode::BestEffort})
        for (const bool secure_first : {false, true}) {
            Negotiation n(mode);
            const auto rtp = audio(4'000), srtp = audio(4'002, "RTP/SAVP", crypto(1));
            const auto offer = phone(secure_first ? srtp + rtp : rtp + srtp);
            CHECK(media_lines(n.offer(kPhone, offer)) == "audio 5008 RTP/AVP 8 101");
            const std::string off = "audio 0 RTP/AVP 8 101", on = "audio 5010 RTP/SAVP 8 101";
            const auto answer = n.answer(kTrunk, pbx(audio(30'000)));
            CHECK(media_lines(answer) == (secure_first ? on + "; " + off : off + "; " + on));
            CHECK(n.both.streams().at(0).index == 0);
            CHECK(n.both.streams().at(0).leg(kPhone).rtp.port() == 4'002);
            // Re-offers keep the places, whoever makes them.
            const auto again = n.offer(kTrunk, pbx(audio(30'000)));
            CHECK(media_lines(again) == (secure_first ? on + "; " + off : off + "; " + on));
            n.both.rollback();
            CHECK(media_lines(n.offer(kPhone, offer)) == "audio 5008 RTP/AVP 8 101");
        }
}

TEST_CASE("where only plain RTP is wanted, the plain alternative is taken") {
    Negotiation n(SrtpMode::Off);
    n.offer(kPhone, phone(audio(4'000) + audio(4'002, "RTP/SAVP", crypto(1))));
    CHECK(media_lines(n.answer(kTrunk, pbx(audio(30'000)))) ==
          "audio 5008 RTP/AVP 8 101; audio 0 RTP/SAVP 8 101");
}

TEST_CASE("audio and video are each offered twice, and every stream finds its alternative") {
    Negotiation n(SrtpMode::Prefer);
    const auto offer = n.offer(kPhone, phone(audio(4'000) + audio(4'002, "RTP/SAVP", crypto(1)) +
                                             video(4'004) + "m=video 4006 RTP/SAVP 96\r\n" + crypto(1)));
    CHECK(media_lines(offer) == "audio 5008 RTP/AVP 8 101; video 5012 RTP/AVP 96");
    CHECK(media_lines(n.answer(kTrunk, pbx(audio(30'000) + video(0)))) ==
          "audio 0 RTP/AVP 8 101; audio 5010 RTP/SAVP 8 101; video 0 RTP/AVP 96; video 0 RTP/SAVP 96");
}

TEST_CASE("phones are offered each medium twice, in the wanted order, and choose: proves SBC-SRTP-05") {
    for (const SrtpMode mode : {SrtpMode::RtpAndSrtp, SrtpMode::SrtpAndRtp})
        for (const bool takes_secure : {false, true}) {
            Negotiation n(mode);
            const std::string rtp = "audio 5008 RTP/AVP 8 101", srtp = "audio 5010 RTP/SAVP 8 101";
            const bool secure_first = mode == SrtpMode::SrtpAndRtp;
            const auto offer = n.offer(kTrunk, pbx(audio(30'000)));
            CHECK(media_lines(offer) == (secure_first ? srtp + "; " + rtp : rtp + "; " + srtp));
            CHECK(has(offer, "a=crypto:1"));
            const auto plain = audio(takes_secure ? 0 : 4'000);
            const auto secure = audio(takes_secure ? 4'002 : 0, "RTP/SAVP", takes_secure ? crypto(1) : "");
            const auto answer = phone(secure_first ? secure + plain : plain + secure);
            CHECK(media_lines(n.answer(kPhone, answer)) == "audio 5008 RTP/AVP 8 101");
            const auto& leg = n.both.streams().at(0).leg(kPhone);
            CHECK(leg.receive.has_value() == takes_secure);
            CHECK(leg.rtp.port() == (takes_secure ? 4'002 : 4'000));
            CHECK(leg.local.told.port() == (takes_secure ? 5'010 : 5'008));
            CHECK(n.both.security(kPhone) == (takes_secure ? "AES_CM_128_HMAC_SHA1_80" : "RTP"));
            // Hold from either side keeps both places.
            const auto held = n.offer(kTrunk, pbx(audio(30'000, "RTP/AVP", "a=sendonly\r\n")));
            CHECK(has(media_lines(held), takes_secure ? "audio 0 RTP/AVP" : "audio 0 RTP/SAVP"));
            CHECK(has(media_lines(held), takes_secure ? srtp : rtp));
            n.answer(kPhone, answer);
            CHECK(media_lines(n.offer(kPhone, answer)) == "audio 5008 RTP/AVP 8 101");
        }
}

TEST_CASE("an answer that counts alternatives wrong is refused") {
    Negotiation n(SrtpMode::RtpAndSrtp);
    n.offer(kTrunk, pbx(audio(30'000)));
    CHECK(has(n.answer(kPhone, phone(audio(4'000))), "another number of m= lines"));
}

TEST_CASE("best effort is one line that both kinds of phones understand (RFC 8643): proves SBC-SRTP-05") {
    Negotiation n(SrtpMode::BestEffort);
    const auto offer = n.offer(kTrunk, pbx(audio(30'000)));
    CHECK(media_lines(offer) == "audio 5008 RTP/AVP 8 101");
    CHECK(has(offer, "a=crypto:1"));
    n.answer(kPhone, phone(audio(4'000)));
    CHECK_FALSE(n.both.streams().at(0).leg(kPhone).receive.has_value());
    Negotiation secure(SrtpMode::BestEffort);
    secure.offer(kTrunk, pbx(audio(30'000)));
    secure.answer(kPhone, phone(audio(4'000, "RTP/AVP", crypto(1))));
    CHECK(secure.both.streams().at(0).leg(kPhone).receive.has_value());
    // The form of old: RTP/SAVP with a word that the other end need not mean it.
    Negotiation old(SrtpMode::BestEffort);
    const auto to_pbx =
        old.offer(kPhone, phone(audio(4'000, "RTP/SAVP", crypto(1) + "a=encryption:optional\r\n")));
    CHECK_FALSE(has(to_pbx, "encryption"));
    CHECK(has(old.answer(kTrunk, pbx(audio(30'000))), "a=crypto:1"));
}

TEST_CASE("no bad answer falls back to clear") {
    const auto refusal = [](const std::string& answer) {
        Negotiation n(SrtpMode::SrtpOnly);
        n.offer(kTrunk, pbx(audio(30'000)));
        return n.answer(kPhone, phone(answer));
    };
    CHECK(refusal(audio(4'000)) == "refused: the answer has RTP/AVP for RTP/SAVP");
    CHECK(refusal(audio(4'000, "RTP/SAVP")) == "refused: the answer has no a=crypto");
    CHECK(refusal(audio(4'000, "RTP/SAVP", crypto(1) + crypto(2, "AES_CM_128_HMAC_SHA1_32"))) ==
          "refused: the answer has several a=crypto lines");
    CHECK(refusal(audio(4'000, "RTP/SAVP", crypto(4))) ==
          "refused: the answer has an a=crypto tag that was not offered");
    CHECK(refusal(audio(4'000, "RTP/SAVP", crypto(2))) ==
          "refused: the answer has an a=crypto line with another suite or parameter than offered");
    CHECK(refusal(audio(4'000, "RTP/SAVP", crypto(3, "AES_256_CM_HMAC_SHA1_80"))) ==
          "refused: the answer has an a=crypto whose key does not fit its suite");
    CHECK(refusal(audio(4'000, "RTP/SAVP", crypto(1, "AES_CM_128_HMAC_SHA1_80", " UNENCRYPTED_SRTCP"))) ==
          "refused: the answer has an a=crypto line with another suite or parameter than offered");
}

TEST_CASE("after a bad answer the offer is still open") {
    Negotiation n(SrtpMode::SrtpOnly);
    n.offer(kTrunk, pbx(audio(30'000)));
    CHECK(has(n.answer(kPhone, phone(audio(4'000))), "refused"));
    CHECK(has(n.answer(kPhone, phone(audio(4'000, "RTP/SAVP", crypto(1)))), "m=audio 5008"));
}

TEST_CASE("without SRTCP encryption our lines say so, and such lines are taken: proves SBC-SRTP-07") {
    auto unencrypted = policy(SrtpMode::SrtpOnly);
    unencrypted.crypto.srtcp = false;
    Negotiation n(unencrypted);
    CHECK(line(n.offer(kTrunk, pbx(audio(30'000))), "a=crypto:1").ends_with(" UNENCRYPTED_SRTCP"));
    Negotiation strict(SrtpMode::SrtpOnly);
    const auto offered =
        phone(audio(4'000, "RTP/SAVP", crypto(1, "AES_CM_128_HMAC_SHA1_80", " UNENCRYPTED_SRTCP")));
    CHECK(has(strict.offer(kPhone, offered), "no a=crypto line that can be used"));
    Negotiation lenient(unencrypted);
    lenient.offer(kPhone, offered);
    CHECK(has(lenient.answer(kTrunk, pbx(audio(30'000))), " UNENCRYPTED_SRTCP"));
    CHECK_FALSE(lenient.both.streams().at(0).leg(kPhone).send->srtcp_encrypted);
}

TEST_CASE("SRTP on the trunk, RTP to the phone: proves SBC-SRTP-01") {
    Negotiation n(SrtpMode::Off, SrtpMode::SrtpOnly);
    const auto to_pbx = n.offer(kPhone, phone(audio(4'000)));
    CHECK(has(to_pbx, "m=audio 5010 RTP/SAVP"));
    CHECK(has(n.answer(kTrunk, pbx(audio(30'000, "RTP/SAVP", crypto(1)))), "m=audio 5008 RTP/AVP"));
    CHECK(n.both.streams().at(0).leg(kTrunk).receive.has_value());
}

TEST_CASE("a trunk that may have SRTP is asked the way that a plain PBX understands (RFC 8643)") {
    Negotiation plain(SrtpMode::Off, SrtpMode::Prefer);
    const auto offer = plain.offer(kPhone, phone(audio(4'000)));
    CHECK(has(offer, "m=audio 5008 RTP/AVP"));
    CHECK(has(offer, "a=crypto:1"));
    plain.answer(kTrunk, pbx(audio(30'000)));
    CHECK_FALSE(plain.both.streams().at(0).leg(kTrunk).receive.has_value());
    Negotiation secure(SrtpMode::Off, SrtpMode::Prefer);
    secure.offer(kPhone, phone(audio(4'000)));
    secure.answer(kTrunk, pbx(audio(30'000, "RTP/AVP", crypto(1))));
    CHECK(secure.both.streams().at(0).leg(kTrunk).receive.has_value());
}

TEST_CASE("the version in o= grows by one with each change and stays without one (RFC 3264 section 8)") {
    Negotiation n(SrtpMode::Off);
    const auto first = line(n.offer(kTrunk, pbx(audio(30'000))), "o=");
    const auto to_pbx = n.answer(kPhone, phone(audio(4'000)));
    CHECK(first.ends_with(" 1 IN IP4 203.0.113.10"));
    CHECK(n.answer(kPhone, phone(audio(4'000))) == to_pbx); // 183, then 200
    CHECK(line(n.offer(kTrunk, pbx(audio(30'000))), "o=") == first);
    n.answer(kPhone, phone(audio(4'000)));
    const auto held = n.offer(kTrunk, pbx(audio(30'000, "RTP/AVP", "a=sendonly\r\n")));
    CHECK(line(held, "o=").ends_with(" 2 IN IP4 203.0.113.10"));
    CHECK(line(held, "o=").substr(0, first.size() - 24) == first.substr(0, first.size() - 24));
}

TEST_CASE("hold and resume pass on, and neither keys nor ports change") {
    Negotiation n(SrtpMode::SrtpOnly);
    const auto offer = n.offer(kTrunk, pbx(audio(30'000)));
    n.answer(kPhone, phone(audio(4'000, "RTP/SAVP", crypto(1))));
    const auto before = n.both.streams().at(0);
    const auto hold = n.offer(kTrunk, pbx(audio(30'000, "RTP/AVP", "a=sendonly\r\n")));
    CHECK(has(hold, "a=sendonly"));
    CHECK(line(hold, "a=crypto:1") == line(offer, "a=crypto:1"));
    CHECK(has(n.answer(kPhone, phone(audio(4'000, "RTP/SAVP", crypto(1) + "a=recvonly\r\n"))), "a=recvonly"));
    CHECK_FALSE(n.both.streams().at(0).two_way);
    n.offer(kTrunk, pbx(audio(30'000)));
    n.answer(kPhone, phone(audio(4'000, "RTP/SAVP", crypto(1))));
    CHECK(n.both.streams().at(0) == before);
}

TEST_CASE("the hold of old, c=0.0.0.0, reaches the other side as sendonly") {
    Negotiation n(SrtpMode::Off);
    const auto to_phone = n.offer(kTrunk, session("0.0.0.0", audio(30'000)));
    CHECK(has(to_phone, "a=sendonly"));
    CHECK(has(to_phone, "c=IN IP4 203.0.113.10"));
    n.answer(kPhone, phone(audio(4'000, "RTP/AVP", "a=recvonly\r\n")));
    CHECK_FALSE(n.both.streams().at(0).leg(kTrunk).rtp.valid());
    CHECK_FALSE(n.both.streams().at(0).two_way);
}

TEST_CASE("a suite in use is offered first, so that nobody changes keys without need: proves SBC-SRTP-06") {
    Negotiation n(SrtpMode::SrtpOnly);
    n.offer(kPhone, phone(audio(4'000, "RTP/SAVP", crypto(1, "AES_CM_128_HMAC_SHA1_32"))));
    const auto told = n.answer(kTrunk, pbx(audio(30'000)));
    const auto again = n.offer(kTrunk, pbx(audio(30'000)));
    CHECK(line(again, "a=crypto:1") == line(told, "a=crypto:1"));
    CHECK(has(again, "a=crypto:2 AES_CM_128_HMAC_SHA1_80"));
}

TEST_CASE("a refused re-offer leaves everything as it was") {
    Negotiation n(SrtpMode::Off);
    n.offer(kTrunk, pbx(audio(30'000)));
    n.answer(kPhone, phone(audio(4'000)));
    const auto before = n.both.streams();
    n.offer(kPhone, phone(audio(4'000) + video(4'002)));
    n.both.rollback();
    CHECK(n.both.streams() == before);
    CHECK(has(n.offer(kTrunk, pbx(audio(30'000))), "m=audio 5008"));
    n.both.rollback();
    n.both.rollback(); // nothing open: nothing happens
}

TEST_CASE("a first offer that was refused may be followed by another, from either side") {
    Negotiation n(SrtpMode::Off);
    n.offer(kPhone, phone(audio(4'000)));
    n.both.rollback();
    CHECK(has(n.offer(kTrunk, pbx(audio(30'000))), "m=audio 5008"));
    CHECK(has(n.answer(kPhone, phone(audio(4'000))), "m=audio 5008"));
}

TEST_CASE("video is added, refused with voice going on, and removed: proves SBC-COD-05") {
    Negotiation n(SrtpMode::Off);
    n.offer(kTrunk, pbx(audio(30'000)));
    n.answer(kPhone, phone(audio(4'000)));
    CHECK(has(n.offer(kPhone, phone(audio(4'000) + video(4'002, "a=recvonly\r\n"))),
              "m=video 5012 RTP/AVP 96"));
    const auto refused = n.answer(kTrunk, pbx(audio(30'000) + "m=video 0 RTP/AVP 96\r\n"));
    CHECK(has(refused, "m=video 0 RTP/AVP 96\r\n"));
    CHECK(n.both.streams().size() == 1);
    n.offer(kTrunk, pbx(audio(30'000) + video(30'002)));
    CHECK(has(n.answer(kPhone, phone(audio(4'000) + video(4'002))), "m=video 5012"));
    CHECK(n.both.streams().size() == 2);
    CHECK(has(n.offer(kPhone, phone(audio(4'000) + video(0))), "m=video 0 RTP/AVP 96"));
    n.answer(kTrunk, pbx(audio(30'000) + video(0)));
    CHECK(n.both.streams().size() == 1);
    CHECK(n.offer(kPhone, phone(audio(4'000))) == "refused: an offer with fewer m= lines than before");
}

TEST_CASE("the side that got no offer gives it: scenario 30") {
    Negotiation n(SrtpMode::SrtpOnly);
    CHECK(has(n.offer(kPhone, phone(audio(4'000, "RTP/SAVP", crypto(1)))), "m=audio 5008 RTP/AVP"));
    CHECK(has(n.answer(kTrunk, pbx(audio(30'000))), "m=audio 5010 RTP/SAVP"));
}

TEST_CASE("one offer at a time, and answers only to offers (RFC 3264 section 4)") {
    Negotiation n(SrtpMode::Off);
    CHECK(has(n.answer(kPhone, phone(audio(4'000))), "an answer without an offer"));
    n.offer(kTrunk, pbx(audio(30'000)));
    CHECK(has(n.offer(kPhone, phone(audio(4'000))), "an offer while the other side's offer is open"));
    CHECK(has(n.answer(kTrunk, pbx(audio(30'000))), "an answer without an offer"));
    CHECK(has(n.offer(kTrunk, pbx(audio(30'002))), "m=audio 5008")); // an INVITE sent again with credentials
    n.answer(kPhone, phone(audio(4'000)));
    CHECK(n.both.streams().at(0).leg(kTrunk).rtp.port() == 30'002);
}

TEST_CASE("an answer that does not fit the offer is refused") {
    Negotiation n(SrtpMode::Off);
    n.offer(kTrunk, pbx(audio(30'000) + video(30'002)));
    CHECK(has(n.answer(kPhone, phone(audio(4'000))), "another number of m= lines"));
    CHECK(has(n.answer(kPhone, phone(video(4'000) + audio(4'002))), "another kind of media"));
    CHECK(has(n.answer(kPhone, phone(audio(0) + video(0))), "refuses every stream"));
}

TEST_CASE("what is not RTP audio or video is refused with its place kept") {
    Negotiation n(SrtpMode::Off);
    const auto to_phone = n.offer(kTrunk, pbx("m=image 30010 udptl t38\r\na=T38FaxVersion:0\r\n" +
                                              audio(30'000) + "m=audio 30020/2 RTP/AVP 0\r\n"));
    CHECK(has(to_phone, "m=image 0 udptl t38\r\nm=audio 5008 RTP/AVP 8 101\r\n"));
    CHECK_FALSE(has(to_phone, "T38"));
    CHECK(has(to_phone, "m=audio 0 RTP/AVP 0\r\n"));
    const auto only_fax = n.offer(kTrunk, pbx("m=image 30010 udptl t38\r\n"));
    CHECK(only_fax == "refused: an offer without a usable stream: m=image is neither audio nor video");
}

TEST_CASE(
    "rtcp-mux is answered when offered, kept in re-offers, and never offered first: proves SBC-RTP-09") {
    Negotiation n(SrtpMode::Off);
    CHECK_FALSE(has(n.offer(kPhone, phone(audio(4'000, "RTP/AVP", "a=rtcp-mux\r\n"))), "rtcp-mux"));
    CHECK(has(n.answer(kTrunk, pbx(audio(30'000))), "a=rtcp-mux\r\n"));
    const auto& leg = n.both.streams().at(0).leg(kPhone);
    CHECK(leg.rtcp_mux);
    CHECK(leg.rtcp == leg.rtp);
    CHECK(leg.local.rtcp == leg.local.rtp);
    CHECK_FALSE(n.both.streams().at(0).leg(kTrunk).rtcp_mux);
    CHECK(has(n.offer(kTrunk, pbx(audio(30'000))), "a=rtcp-mux\r\n"));
    n.answer(kPhone, phone(audio(4'000)));
    CHECK_FALSE(n.both.streams().at(0).leg(kPhone).rtcp_mux);
}

TEST_CASE("feedback profiles pass through: AVPF stays with feedback, secured or not") {
    Negotiation n(SrtpMode::SrtpOnly);
    CHECK(has(n.offer(kTrunk, pbx(audio(30'000, "RTP/AVPF", "a=rtcp-fb:96 nack\r\n"))), "RTP/SAVPF"));
    CHECK(has(n.answer(kPhone, phone(audio(4'000, "RTP/SAVPF", crypto(1)))), "m=audio 5008 RTP/AVPF"));
}

TEST_CASE("ports are given back with the session, and their lack is an error of its own: proves SBC-RTP-11") {
    test::FakePorts ports;
    {
        OfferAnswer both(policy(SrtpMode::Off), ports);
        CHECK(both.offer(kTrunk, pbx(audio(30'000))).has_value());
        CHECK(ports.held == 2);
    }
    CHECK(ports.held == 0);
    ports.exhausted = true;
    OfferAnswer both(policy(SrtpMode::Off), ports);
    CHECK(both.offer(kTrunk, pbx(audio(30'000))).error().code == ErrorCode::Exhausted);
}

TEST_CASE("of two address families and of ICE the answer takes what this side can do: proves EM-AUD-01") {
    Negotiation n(SrtpMode::Off);
    const std::string second = "m=audio 4002 RTP/AVP 8\r\nc=IN IP6 2001:db8::7\r\na=mid:2\r\n";
    const auto to_pbx = n.offer(
        kPhone,
        phone(audio(4'000, "RTP/AVP", "a=mid:1\r\na=candidate:1 1 UDP 1 192.168.1.7 4000 typ host\r\n") +
              second));
    CHECK(has(to_pbx, "m=audio 5008 RTP/AVP 8 101\r\n"));
    CHECK(has(to_pbx, "m=audio 0 RTP/AVP 8\r\n"));
    CHECK_FALSE(has(to_pbx, "candidate"));
    const auto to_phone = n.answer(kTrunk, pbx(audio(30'000) + "m=audio 0 RTP/AVP 8\r\n"));
    CHECK(has(to_phone, "m=audio 5008 RTP/AVP 8 101\r\n"));
    CHECK(has(to_phone, "m=audio 0 RTP/AVP 8\r\n"));
    CHECK(n.both.streams().size() == 1);
}

TEST_CASE("every suite goes with every mode, with SRTCP and without: proves EM-AUD-03") {
    for (const SrtpSuite suite :
         {SrtpSuite::AesCm128Sha1_80, SrtpSuite::AesCm128Sha1_32, SrtpSuite::AesCm256Sha1_80,
          SrtpSuite::AeadAes128Gcm, SrtpSuite::AeadAes256Gcm})
        for (const SrtpMode mode : {SrtpMode::SrtpOnly, SrtpMode::Prefer})
            for (const bool srtcp : {true, false})
                for (const std::string proto : {"RTP/SAVP", "RTP/SAVPF", "RTP/AVP"}) {
                    auto terms = policy(mode);
                    terms.crypto = {.suites = {suite}, .srtcp = srtcp};
                    Negotiation n(terms);
                    const auto key = SrtpKey::random(suite, srtcp);
                    const std::string mine = "a=crypto:" + CryptoLine::of(3, key).str() + "\r\n";
                    REQUIRE(has(n.offer(kPhone, phone(audio(4'000, proto, mine))), "RTP/AVP"));
                    const auto answer =
                        n.answer(kTrunk, pbx(audio(30'000, proto == "RTP/SAVPF" ? "RTP/AVPF" : "RTP/AVP")));
                    CHECK(has(answer, proto + " 8 101"));
                    CHECK(has(answer, "a=crypto:3 " + std::string(info(suite).name)));
                    CHECK(has(answer, "UNENCRYPTED_SRTCP") == !srtcp);
                    CHECK(n.both.streams().at(0).leg(kPhone).receive == key);
                }
}

TEST_CASE("no keys pass through signalling that is not TLS, unless that is allowed") {
    SidePolicy lenient;
    lenient.allow_keys_over_plain = true;
    const auto secure_offer = phone(audio(4'000, "RTP/SAVP", crypto(1)));
    for (const bool allowed : {false, true}) {
        auto terms = policy(SrtpMode::SrtpOnly);
        terms.phone_signalling_secure = false;
        if (allowed) terms.phones = &lenient;
        Negotiation n(terms);
        CHECK(has(n.offer(kPhone, secure_offer), "m=audio 5008 RTP/AVP") == allowed);
        n.both.rollback();
        CHECK(has(n.offer(kTrunk, pbx(audio(30'000))), "RTP/SAVP") == allowed);
    }
    auto plain_trunk = policy(SrtpMode::Off, SrtpMode::Prefer);
    plain_trunk.trunk_signalling_secure = false;
    Negotiation n(plain_trunk);
    CHECK_FALSE(has(n.offer(kPhone, phone(audio(4'000))), "crypto"));
}

TEST_CASE("where SRTP is required of a side, plain RTP is refused as offer and as answer") {
    SidePolicy strict;
    strict.require_srtp = true;
    auto terms = policy(SrtpMode::Prefer, SrtpMode::Prefer);
    terms.phones = terms.pbx = &strict;
    Negotiation n(terms);
    CHECK(has(n.offer(kPhone, phone(audio(4'000))), "plain RTP is not allowed on this side"));
    CHECK(has(n.offer(kPhone, phone(audio(4'000, "RTP/SAVP", crypto(1)))), "a=crypto:1"));
    CHECK(n.answer(kTrunk, pbx(audio(30'000))) == "refused: an answer with plain RTP where SRTP is required");
    CHECK(has(n.answer(kTrunk, pbx(audio(30'000, "RTP/AVP", crypto(1)))), "RTP/SAVP"));
    CHECK(n.both.security(kTrunk) == "AES_CM_128_HMAC_SHA1_80");
}

TEST_CASE(
    "media with the phone match the trunk's where that is wished, also when they change: proves SBC-SEC-01") {
    auto terms = policy(SrtpMode::Prefer, SrtpMode::Prefer);
    terms.match_trunk = true;
    Negotiation n(terms);
    CHECK(has(n.offer(kTrunk, pbx(audio(30'000, "RTP/AVP", crypto(1)))), "RTP/SAVP"));
    n.answer(kPhone, phone(audio(4'000, "RTP/SAVP", crypto(1))));
    CHECK(n.both.security(kPhone) == "AES_CM_128_HMAC_SHA1_80");
    CHECK(has(n.offer(kTrunk, pbx(audio(30'000))), "m=audio 5008 RTP/AVP")); // a plain party now: SBC-SEC-02
    CHECK(n.both.security(kTrunk) == "RTP");
    n.answer(kPhone, phone(audio(4'000)));
    CHECK(n.both.security(kPhone) == "RTP");
    auto plain = policy(SrtpMode::Prefer);
    plain.match_trunk = true;
    Negotiation best_effort(plain);
    best_effort.offer(kPhone, phone(audio(4'000, "RTP/AVP", crypto(1))));
    CHECK_FALSE(has(best_effort.answer(kTrunk, pbx(audio(30'000))), "crypto"));
}

TEST_CASE("of two address families by ANAT one is taken, and the PBX hears nothing of it: proves EM-AUD-01") {
    Negotiation n(SrtpMode::Off);
    const std::string anat = "v=0\r\no=user 77 1 IN IP4 192.168.1.7\r\ns=-\r\nt=0 0\r\na=group:ANAT 1 2\r\n";
    const auto to_pbx =
        n.offer(kPhone, anat + audio(4'000, "RTP/AVP", "c=IN IP6 2001:db8::7\r\na=mid:1\r\n") +
                            audio(4'002, "RTP/AVP", "c=IN IP4 192.168.1.7\r\na=mid:2\r\n"));
    CHECK_FALSE(has(to_pbx, "ANAT"));
    CHECK(media_lines(to_pbx) == "audio 0 RTP/AVP 8 101; audio 5008 RTP/AVP 8 101");
    const auto answer = n.answer(kTrunk, pbx("m=audio 0 RTP/AVP 8\r\n" + audio(30'000)));
    CHECK(media_lines(answer) == "audio 0 RTP/AVP 8 101; audio 5008 RTP/AVP 8 101");
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "fakes/fake_ports.h"
#include "media/offer_answer.h"

using namespace wakeline;
using namespace wakeline::media;

namespace {

constexpr auto kPhone = MediaSide::Phone;
constexpr auto kTrunk = MediaSide::Trunk;
const std::string kTheirs =
    "sha-256 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB:4A:AD:B9:B1:3F:82:18:"
    "3B:54:02:12:DF";
const std::string kOurs = "sha-256 00:01";
const std::string kKey =
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n";

OfferAnswerPolicy policy(SrtpMode mode = SrtpMode::SrtpOnly, KeyExchange keys = KeyExchange::Sdes) {
    OfferAnswerPolicy policy;
    policy.phone = mode;
    policy.keys = keys;
    policy.crypto.suites = {SrtpSuite::AesCm128Sha1_80, SrtpSuite::AeadAes128Gcm};
    policy.fingerprint = kOurs;
    return policy;
}

struct Negotiation {
    explicit Negotiation(OfferAnswerPolicy p = policy()) : both(std::move(p), ports) {}
    std::string offer(MediaSide from, const std::string& sdp) {
        const auto result = both.offer(from, sdp);
        return result ? *result : "refused: " + result.error().message;
    }
    std::string answer(MediaSide from, const std::string& sdp) {
        const auto result = both.answer(from, sdp);
        return result ? *result : "refused: " + result.error().message;
    }
    const LegPlan& phone() const { return both.streams().at(0).leg(kPhone); }

    test::FakePorts ports;
    OfferAnswer both;
};

std::string session(const std::string& media) {
    return "v=0\r\no=user 77 1 IN IP4 198.51.100.7\r\ns=call\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\n" + media;
}
std::string audio(const std::string& proto, const std::string& more, int port = 4'000) {
    return "m=audio " + std::to_string(port) + " " + proto + " 8\r\na=rtpmap:8 PCMA/8000\r\n" + more;
}
std::string ice(const std::string& ufrag = "them", const std::string& candidate = "198.51.100.7 4000") {
    return "a=ice-ufrag:" + ufrag + "\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=candidate:1 1 UDP 1 " +
           candidate + " typ host\r\n";
}
std::string dtls(const std::string& setup = "actpass", const std::string& fingerprint = kTheirs) {
    return "a=fingerprint:" + fingerprint + "\r\na=setup:" + setup + "\r\n";
}
const std::string kPbx =
    "v=0\r\no=pbx 5 1 IN IP4 10.0.0.5\r\ns=-\r\nc=IN IP4 10.0.0.5\r\nt=0 0\r\nm=audio 30000 "
    "RTP/AVP 8\r\n";
/// As browsers write it: no address yet, everything muxed and bundled.
const std::string kBrowser =
    "v=0\r\no=- 77 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=msid-semantic: WMS x\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 8\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=mid:0\r\n"
    "a=ice-ufrag:brow\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=ice-options:trickle\r\n"
    "a=candidate:1 1 udp 1 a1b2.local 50000 typ host generation 0\r\na=rtcp-mux\r\na=rtpmap:8 PCMA/8000\r\n"
    "a=ssrc:77 cname:x\r\n" +
    dtls();

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
std::string value(const std::string& text, const std::string& begin) {
    const auto at = text.find(begin);
    return at == std::string::npos
               ? ""
               : text.substr(at + begin.size(), text.find("\r\n", at) - at - begin.size());
}

} // namespace

TEST_SUITE_BEGIN("media/offer_answer_webrtc");

TEST_CASE("a browser's offer becomes plain audio for the PBX, and its answer all that a browser needs: "
          "proves SBC-RTP-13, SBC-SRTP-04") {
    Negotiation n;
    const auto to_pbx = n.offer(kPhone, kBrowser);
    CHECK(has(to_pbx, "m=audio 5008 RTP/AVP 8\r\n"));
    for (const char* own :
         {"ice", "candidate", "fingerprint", "setup", "BUNDLE", "msid", "ssrc", "0.0.0.0", "mux"})
        CHECK_FALSE(has(to_pbx, own));
    const auto to_phone = n.answer(kTrunk, kPbx);
    CHECK(has(to_phone, "\r\na=ice-lite\r\n"));
    CHECK(has(to_phone, "m=audio 5010 UDP/TLS/RTP/SAVPF 8\r\n"));
    CHECK(has(to_phone, "a=mid:0\r\n"));
    CHECK(has(to_phone, "a=rtcp-mux\r\n"));
    CHECK(has(to_phone, "a=setup:passive\r\n"));
    CHECK(has(to_phone, "a=fingerprint:" + kOurs + "\r\n"));
    CHECK(has(to_phone, "a=candidate:1 1 UDP 2130706431 203.0.113.10 5010 typ host\r\n"));
    CHECK_FALSE(has(to_phone, "a=candidate:1 2"));
    CHECK_FALSE(has(to_phone, "crypto"));
    REQUIRE(n.phone().ice);
    CHECK(n.phone().ice->ours.ufrag == value(to_phone, "a=ice-ufrag:"));
    CHECK(n.phone().ice->ours.password == value(to_phone, "a=ice-pwd:"));
    CHECK(n.phone().ice->their_ufrag == "brow");
    REQUIRE(n.phone().dtls);
    CHECK_FALSE(n.phone().dtls->client);
    CHECK(n.phone().dtls->theirs.at(0).str() == kTheirs);
    CHECK_FALSE(n.phone().receive.has_value());
    CHECK_FALSE(n.phone().rtp.valid());
    CHECK(n.both.streams().at(0).two_way);
    CHECK(n.both.security(kPhone) == "DTLS");
    CHECK(n.both.security(kTrunk) == "RTP");
}

TEST_CASE(
    "ICE is answered to who offers it, with a candidate for RTCP too, and to nobody else: proves EM-AUD-01") {
    Negotiation n;
    n.offer(kPhone, session(audio("RTP/SAVP", kKey + ice())));
    const auto answer = n.answer(kTrunk, kPbx);
    CHECK(has(answer, "a=candidate:1 1 UDP 2130706431 203.0.113.10 5010 typ host\r\n"));
    CHECK(has(answer, "a=candidate:1 2 UDP 2130706430 203.0.113.10 5011 typ host\r\n"));
    Negotiation without;
    without.offer(kPhone, session(audio("RTP/SAVP", kKey)));
    CHECK_FALSE(has(without.answer(kTrunk, kPbx), "ice"));
    Negotiation from_pbx;
    CHECK_FALSE(has(from_pbx.offer(kTrunk, kPbx), "ice"));
    auto off = policy();
    off.ice = IceMode::Off;
    Negotiation never(off);
    never.offer(kPhone, session(audio("RTP/SAVP", kKey + ice())));
    CHECK_FALSE(has(never.answer(kTrunk, kPbx), "ice"));
}

TEST_CASE("an address that no candidate has was changed on the way: no ICE, and it is said (RFC 8839 section "
          "4.2.5)") {
    Negotiation n;
    n.offer(kPhone, session(audio("RTP/SAVP", kKey + ice("them", "192.168.1.7 4000"))));
    const auto answer = n.answer(kTrunk, kPbx);
    CHECK(has(answer, "a=ice-mismatch\r\n"));
    CHECK_FALSE(has(answer, "a=ice-ufrag"));
    CHECK_FALSE(n.phone().ice.has_value());
    CHECK(n.phone().rtp.str() == "198.51.100.7:4000");
}

TEST_CASE("another ufrag is a restart, which changes ours; the same one is none (RFC 8445 section 9)") {
    Negotiation n;
    n.offer(kPhone, session(audio("RTP/SAVP", kKey + ice())));
    const auto first = value(n.answer(kTrunk, kPbx), "a=ice-ufrag:");
    n.offer(kPhone, session(audio("RTP/SAVP", kKey + ice())));
    CHECK(value(n.answer(kTrunk, kPbx), "a=ice-ufrag:") == first);
    n.offer(kPhone, session(audio("RTP/SAVP", kKey + ice("anew"))));
    CHECK(n.phone().ice->ours.ufrag == first); // until it is agreed
    const auto second = value(n.answer(kTrunk, kPbx), "a=ice-ufrag:");
    CHECK(second != first);
    CHECK(n.phone().ice->their_ufrag == "anew");
    const auto re_offer = n.offer(kTrunk, kPbx); // ours goes on with it
    CHECK(value(re_offer, "a=ice-ufrag:") == second);
    CHECK(has(re_offer, "a=ice-lite\r\n"));
}

TEST_CASE("where it is wished, calls to phones offer ICE too") {
    auto offers = policy();
    offers.ice = IceMode::Offer;
    Negotiation n(offers);
    const auto offer = n.offer(kTrunk, kPbx);
    CHECK(has(offer, "a=ice-lite\r\n"));
    n.answer(kPhone, session(audio("RTP/SAVP", kKey + ice())));
    REQUIRE(n.phone().ice);
    CHECK(n.phone().ice->ours.ufrag == value(offer, "a=ice-ufrag:"));
    Negotiation plain(offers);
    plain.offer(kTrunk, kPbx);
    plain.answer(kPhone, session(audio("RTP/SAVP", kKey)));
    CHECK_FALSE(plain.phone().ice.has_value());
}

TEST_CASE("a phone that offers both kinds of keys gets the preferred kind, and one only: proves EM-AUD-03") {
    for (const KeyExchange keys : {KeyExchange::Sdes, KeyExchange::Dtls, KeyExchange::DtlsSdes})
        for (const std::string proto : {"RTP/SAVP", "RTP/AVP", "RTP/SAVPF"}) {
            Negotiation n(policy(SrtpMode::Prefer, keys));
            n.offer(kPhone, session(audio(proto, kKey + dtls())));
            const auto answer = n.answer(kTrunk, kPbx);
            CHECK(has(answer, proto + " 8"));
            CHECK(has(answer, "a=crypto:1 ") == (keys == KeyExchange::Sdes));
            CHECK(has(answer, "a=fingerprint:") == (keys != KeyExchange::Sdes));
        }
}

TEST_CASE("what phones are offered follows the setting: proves SBC-SRTP-04") {
    Negotiation sdes(policy(SrtpMode::SrtpOnly, KeyExchange::Sdes));
    CHECK_FALSE(has(sdes.offer(kTrunk, kPbx), "fingerprint"));
    Negotiation dtls_only(policy(SrtpMode::SrtpOnly, KeyExchange::Dtls));
    const auto offer = dtls_only.offer(kTrunk, kPbx);
    CHECK(has(offer, "m=audio 5010 UDP/TLS/RTP/SAVP 8\r\n"));
    CHECK(has(offer, "a=setup:actpass\r\n"));
    CHECK_FALSE(has(offer, "crypto"));
    CHECK(has(dtls_only.answer(kPhone, session(audio("UDP/TLS/RTP/SAVP", dtls("active")))), "RTP/AVP"));
    CHECK_FALSE(dtls_only.phone().dtls->client);
    Negotiation both(policy(SrtpMode::SrtpOnly, KeyExchange::DtlsSdes));
    const auto two = both.offer(kTrunk, kPbx);
    CHECK(has(two, "m=audio 5010 RTP/SAVP 8\r\n"));
    CHECK(has(two, "a=crypto:1 "));
    CHECK(has(two, "a=fingerprint:"));
    both.answer(kPhone, session(audio("RTP/SAVP", kKey)));
    CHECK(both.phone().receive.has_value());
    CHECK_FALSE(both.phone().dtls.has_value());
}

TEST_CASE("who begins the handshake follows a=setup, and stays so (RFC 5763 section 5, RFC 8842)") {
    const auto role = [](const std::string& theirs) {
        Negotiation n;
        n.offer(kPhone, session(audio("UDP/TLS/RTP/SAVP", dtls(theirs))));
        return value(n.answer(kTrunk, kPbx), "a=setup:");
    };
    CHECK(role("actpass") == "passive");
    CHECK(role("active") == "passive");
    CHECK(role("passive") == "active");
    Negotiation held;
    CHECK(has(held.offer(kPhone, session(audio("UDP/TLS/RTP/SAVP", dtls("holdconn")))),
              "no a=fingerprint that can be used"));
    Negotiation n;
    n.offer(kPhone, session(audio("UDP/TLS/RTP/SAVP", dtls("passive"))));
    n.answer(kTrunk, kPbx);
    n.offer(kPhone, session(audio("UDP/TLS/RTP/SAVP", dtls("actpass"))));
    CHECK(value(n.answer(kTrunk, kPbx), "a=setup:") == "active");
    CHECK(n.phone().dtls->client);
}

TEST_CASE("DTLS needs no TLS below its signalling, and bad fingerprints no keys") {
    auto udp = policy();
    udp.phone_signalling_secure = false;
    Negotiation n(udp);
    CHECK(has(n.offer(kPhone, session(audio("UDP/TLS/RTP/SAVPF", dtls()))), "RTP/AVP"));
    Negotiation weak;
    const std::string sha1 = "sha-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB";
    CHECK(has(weak.offer(kPhone, session(audio("UDP/TLS/RTP/SAVPF", dtls("actpass", sha1)))),
              "no a=fingerprint that can be used"));
    auto no_profile = policy();
    no_profile.crypto.suites = {SrtpSuite::AesCm256Sha1_80};
    Negotiation none(no_profile);
    CHECK(has(none.offer(kPhone, session(audio("UDP/TLS/RTP/SAVPF", dtls()))), "refused"));
}

TEST_CASE("no bad answer to DTLS falls back to clear") {
    const auto refusal = [](const std::string& answer) {
        Negotiation n(policy(SrtpMode::SrtpOnly, KeyExchange::Dtls));
        n.offer(kTrunk, kPbx);
        return n.answer(kPhone, session(answer));
    };
    CHECK(has(refusal(audio("RTP/AVP", "")), "refused: the answer has RTP/AVP"));
    CHECK(has(refusal(audio("UDP/TLS/RTP/SAVP", "")), "refused: the answer has no a=fingerprint"));
    CHECK(
        has(refusal(audio("UDP/TLS/RTP/SAVP", dtls("actpass"))), "refused: the answer has a=setup:actpass"));
}

TEST_SUITE_END();

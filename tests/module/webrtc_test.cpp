// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "fakes/run_until.h"
#include "fakes/web_peer.h"
#include "media/sessions.h"

using namespace wakeline;
using namespace wakeline::media;
using test::MediaPeer;
using test::WebPeer;

namespace {

struct NoListener final : MediaSessions::Listener {
    void on_media_timeout(MediaId) override {}
};

MediaConfig loopback_config() {
    MediaConfig config;
    config.address = "127.0.0.1";
    config.plain_audio = config.secure_audio = config.plain_video = config.secure_video = 0;
    config.srtp.mode = SrtpMode::Prefer;
    return config;
}

const net::SocketAddress kLoopback = *net::SocketAddress::parse("127.0.0.1", 5'060);

std::string sdp(const std::string& port, const std::string& proto, const std::string& more) {
    return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " + port + " " +
           proto + " 8\r\na=rtpmap:8 PCMA/8000\r\n" + more;
}

/// A call from a phone with these attributes, answered by the PBX.
struct Call {
    Call(const std::string& port, const std::string& proto, const std::string& attributes)
        : sessions(loopback_config(), test::srtp_library(), loop, log, metrics) {
        REQUIRE(sessions.start(listener).has_value());
        id = sessions.open({.call = "test", .phone_signalling = kLoopback, .trunk_signalling = kLoopback});
        const auto offered = sessions.offer(id, MediaSide::Phone, sdp(port, proto, attributes));
        REQUIRE(offered.has_value());
        const auto parsed = *Sdp::parse(*offered);
        at_pbx = port_of(parsed);
        const auto answered = sessions.answer(id, MediaSide::Trunk, sdp(pbx.port(), "RTP/AVP", ""));
        REQUIRE(answered.has_value());
        answer = *Sdp::parse(*answered);
        at_phone = port_of(answer);
        stats();
    }

    static net::SocketAddress port_of(const Sdp& text) {
        const auto line = *SdpMediaLine::parse(text.media[0].lines[0].value);
        return *net::SocketAddress::parse("127.0.0.1", line.port);
    }
    std::string value(std::string_view name) const {
        return std::string(answer.media[0].attribute(name).value_or(""));
    }
    IceCredentials ice() const { return {value("ice-ufrag"), value("ice-pwd")}; }
    MediaStats stats() {
        MediaStats result;
        sessions.stats(id, [&](const MediaStats& stats) {
            result = stats;
            loop.stop();
        });
        loop.run();
        return result;
    }
    std::int64_t metric(std::string_view name, std::string_view labels) const {
        for (const auto& sample : metrics.snapshot())
            if (sample.info.name == name && sample.info.labels == labels) return sample.value;
        return -1;
    }
    /// Waits until one handshake has ended so: the phone knows it a moment before the relay does.
    bool handshakes(std::string_view labels) {
        return test::run_until(loop,
                               [&] { return metric("wakeline_media_dtls_handshakes_total", labels) == 1; });
    }
    /// Both ways, the phone's first.
    void talk(MediaPeer& phone) {
        phone.send(at_phone, "from the phone");
        CHECK(pbx.receive() == "from the phone");
        pbx.send(at_pbx, "from the PBX");
        CHECK(phone.receive() == "from the PBX");
    }

    NullSink sink;
    Log log{sink};
    Metrics metrics;
    net::EventLoop loop;
    NoListener listener;
    Sessions sessions;
    MediaPeer pbx;
    MediaId id = 0;
    Sdp answer;
    net::SocketAddress at_pbx, at_phone;
};

} // namespace

TEST_SUITE_BEGIN("module/webrtc");

TEST_CASE("a browser-like phone talks through ICE and DTLS-SRTP: proves SBC-RTP-13, SBC-SRTP-04") {
    WebPeer phone;
    // Browsers know no address when they offer.
    Call call("9", "UDP/TLS/RTP/SAVPF", "c=IN IP4 0.0.0.0\r\n" + phone.attributes("actpass"));
    CHECK(call.value("setup") == "passive");
    const auto response = phone.check(call.at_phone, call.ice());
    REQUIRE(response);
    CHECK(StunMessage::parse(*response)->mapped_address() == phone.media.address());
    REQUIRE(phone.shake_hands(call.at_phone));
    REQUIRE(call.handshakes("{result=\"established\"}"));
    call.talk(phone.media);
    const auto stats = call.stats();
    CHECK(stats.at(0).phone_security == "AES_CM_128_HMAC_SHA1_80");
    CHECK(stats.at(0).phone_remote == phone.media.address().str());
}

TEST_CASE("a phone with DTLS and without ICE is found by its certificate, after a cookie") {
    WebPeer phone, stranger;
    Call call("4000", "UDP/TLS/RTP/SAVP", phone.attributes("actpass", false));
    REQUIRE(stranger.shake_hands(call.at_phone)); // a certificate that nobody promised
    REQUIRE(call.handshakes("{result=\"failed\"}"));
    stranger.media.send(call.at_phone, "not the phone");
    REQUIRE(phone.shake_hands(call.at_phone));
    REQUIRE(call.handshakes("{result=\"established\"}"));
    call.talk(phone.media);
    CHECK(call.stats().at(0).phone_remote == phone.media.address().str());
}

TEST_CASE("who offers to wait for our handshake gets it") {
    WebPeer phone(false);
    Call call(phone.media.port(), "UDP/TLS/RTP/SAVP", phone.attributes("passive"));
    CHECK(call.value("setup") == "active");
    REQUIRE(phone.check(call.at_phone, call.ice()));
    REQUIRE(phone.shake_hands(call.at_phone));
    REQUIRE(call.handshakes("{result=\"established\"}"));
    call.talk(phone.media);
}

TEST_CASE("with ICE, media go to the address that was nominated, and follow it") {
    MediaPeer unproved;
    WebPeer phone, moved;
    moved.ice = phone.ice;
    Call call(phone.media.port(), "RTP/AVP",
              "a=ice-ufrag:" + phone.ice.ufrag + "\r\na=ice-pwd:" + phone.ice.password + "\r\n");
    unproved.send(call.at_phone, "no check");
    CHECK(call.pbx.receive(50) == std::nullopt);
    REQUIRE(phone.check(call.at_phone, call.ice()));
    call.talk(phone.media);
    REQUIRE(moved.check(call.at_phone, call.ice(), false)); // works, and is not chosen
    call.pbx.send(call.at_pbx, "still there");
    CHECK(phone.media.receive() == "still there");
    REQUIRE(moved.check(call.at_phone, call.ice()));
    call.talk(moved.media);
    CHECK(call.metric("wakeline_media_ice_checks_total", "{result=\"good\"}") == 3);
}

TEST_CASE(
    "nobody is answered who does not know a call's password, and who is in a call may ask where he is") {
    WebPeer phone, stranger;
    Call call(phone.media.port(), "RTP/AVP", "");
    CHECK_FALSE(stranger.check(call.at_phone, IceCredentials::random()).has_value());
    StunWriter keepalive(StunClass::Request, StunMessage::kBinding, StunTransaction{1});
    stranger.media.send_raw(call.at_phone, keepalive.bytes());
    CHECK_FALSE(stranger.media.receive_raw(50).has_value());
    call.talk(phone.media);
    phone.media.send_raw(call.at_phone, keepalive.bytes());
    const auto response = phone.media.receive_raw();
    REQUIRE(response);
    CHECK(StunMessage::parse(*response)->mapped_address() == phone.media.address());
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/text.h"
#include "fakes/media_peer.h"
#include "media/sdp.h"
#include "media/sessions.h"

using namespace wakeline;
using namespace wakeline::media;
using test::MediaPeer;

namespace {

struct SilenceListener final : MediaSessions::Listener {
    void on_media_timeout(MediaId id) override {
        silent.push_back(id);
        if (loop != nullptr) loop->stop();
    }
    std::vector<MediaId> silent;
    net::EventLoop* loop = nullptr; // to stop
};

MediaConfig loopback_config(SrtpMode mode) {
    MediaConfig config;
    config.address = "127.0.0.1";
    config.plain_audio = config.secure_audio = config.plain_video = config.secure_video = 0;
    config.srtp.mode = mode;
    return config;
}

struct Rig {
    explicit Rig(MediaConfig config) : sessions(config, test::srtp_library(), loop, log, metrics) {
        REQUIRE(sessions.start(listener).has_value());
    }

    /// Lets the loop run until the media threads have answered.
    MediaStats stats(MediaId id, bool close = false) {
        MediaStats result;
        const auto take = [&](const MediaStats& stats) {
            result = stats;
            loop.stop();
        };
        close ? sessions.close(id, take) : sessions.stats(id, take);
        loop.run();
        return result;
    }

    NullSink sink;
    Log log{sink};
    Metrics metrics;
    net::EventLoop loop;
    SilenceListener listener;
    Sessions sessions;
};

std::string sdp(const MediaPeer& peer, const std::string& proto = "RTP/AVP", const std::string& more = "") {
    return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " + peer.port() +
           " " + proto + " 8\r\na=rtpmap:8 PCMA/8000\r\n" + more;
}

net::SocketAddress media_address(const std::string& text) {
    const auto parsed = *Sdp::parse(text);
    const auto line = *SdpMediaLine::parse(parsed.media[0].lines[0].value);
    return *parse_connection(*parsed.session.find('c'), line.port);
}

CryptoLine crypto_of(const std::string& text) {
    return *CryptoLine::parse(*Sdp::parse(text)->media[0].attribute("crypto"));
}

const net::SocketAddress kLoopback = *net::SocketAddress::parse("127.0.0.1", 5'060);

/// Four ports that nobody has just now, the first even.
std::string free_range() {
    for (;;) {
        const unsigned low = (MediaPeer().address().port() + 3u) & ~3u;
        bool all = low < 65'000;
        for (unsigned port = low; all && port < low + 4; ++port) {
            const auto address = *net::SocketAddress::parse("127.0.0.1", static_cast<std::uint16_t>(port));
            const auto fd = net::new_socket(address, SOCK_DGRAM);
            all = fd && net::bind_socket(*fd, address);
        }
        if (all) return std::to_string(low) + "-" + std::to_string(low + 3);
    }
}

/// A call from the PBX to a phone, answered.
struct Call {
    explicit Call(Rig& r, bool secure) : rig(r) {
        id =
            rig.sessions.open({.call = "test", .phone_signalling = kLoopback, .trunk_signalling = kLoopback});
        const auto to_phone = *rig.sessions.offer(id, MediaSide::Trunk, sdp(pbx));
        std::string answer = sdp(phone);
        if (secure) {
            const auto offered = crypto_of(to_phone);
            CryptoLine line = CryptoLine::of(offered.tag, SrtpKey::random(offered.key.suite, true));
            phone.set_keys(line.key, offered.key);
            answer = sdp(phone, "RTP/SAVP", "a=crypto:" + line.str() + "\r\n");
        }
        const auto to_pbx = *rig.sessions.answer(id, MediaSide::Phone, answer);
        phone_sends_to = media_address(to_phone);
        pbx_sends_to = media_address(to_pbx);
    }

    Rig& rig;
    MediaPeer phone, pbx;
    MediaId id = 0;
    net::SocketAddress phone_sends_to, pbx_sends_to;
};

} // namespace

TEST_SUITE_BEGIN("module/relay");

TEST_CASE("plain audio reaches the other side, both ways: proves SBC-RTP-01") {
    Rig rig(loopback_config(SrtpMode::Off));
    Call call(rig, false);
    rig.stats(call.id);
    call.phone.send(call.phone_sends_to, "from the phone");
    CHECK(call.pbx.receive() == "from the phone");
    CHECK(call.pbx.source == call.pbx_sends_to);
    call.pbx.send(call.pbx_sends_to, "from the PBX");
    CHECK(call.phone.receive() == "from the PBX");
    CHECK(call.phone.source == call.phone_sends_to);
    const auto stats = rig.stats(call.id, true);
    REQUIRE(stats.size() == 1);
    CHECK(stats[0].from_phone.packets == 1);
    CHECK(stats[0].from_trunk.packets == 1);
    CHECK(stats[0].codec == "PCMA/8000");
    CHECK(stats[0].phone_remote == call.phone.address().str());
}

TEST_CASE("SRTP on the phone's side, RTP on the trunk's: proves SBC-SRTP-01") {
    Rig rig(loopback_config(SrtpMode::SrtpOnly));
    Call call(rig, true);
    rig.stats(call.id);
    call.phone.send(call.phone_sends_to, "from the phone");
    CHECK(call.pbx.receive() == "from the phone");
    call.pbx.send(call.pbx_sends_to, "from the PBX");
    CHECK(call.phone.receive() == "from the PBX");
    CHECK(rig.stats(call.id)[0].phone_security == "AES_CM_128_HMAC_SHA1_80");
}

TEST_CASE(
    "with one port for audio both alternatives name it, and either answer is heard: proves SBC-RTP-06") {
    for (const bool secure : {false, true}) {
        MediaConfig config = loopback_config(SrtpMode::RtpAndSrtp);
        config.single_audio_port = true;
        Rig rig(config);
        MediaPeer phone, pbx;
        const auto id =
            rig.sessions.open({.call = "test", .phone_signalling = kLoopback, .trunk_signalling = kLoopback});
        const auto offer = *Sdp::parse(*rig.sessions.offer(id, MediaSide::Trunk, sdp(pbx)));
        REQUIRE(offer.media.size() == 2);
        const auto plain = *SdpMediaLine::parse(offer.media[0].lines[0].value);
        const auto srtp = *SdpMediaLine::parse(offer.media[1].lines[0].value);
        CHECK(plain.port == srtp.port);
        CHECK(srtp.proto == "RTP/SAVP");
        const auto offered = *CryptoLine::parse(*offer.media[1].attribute("crypto"));
        const auto line = CryptoLine::of(offered.tag, SrtpKey::random(offered.key.suite, true));
        if (secure) phone.set_keys(line.key, offered.key);
        const std::string on = phone.port();
        const std::string answer =
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " +
            (secure ? "0" : on) + " RTP/AVP 8\r\nm=audio " + (secure ? on : "0") +
            " RTP/SAVP 8\r\na=crypto:" + line.str() + "\r\n";
        const auto at_pbx = media_address(*rig.sessions.answer(id, MediaSide::Phone, answer));
        rig.stats(id);
        phone.send(*net::SocketAddress::parse("127.0.0.1", plain.port), "from the phone");
        CHECK(pbx.receive() == "from the phone");
        pbx.send(at_pbx, "from the PBX");
        CHECK(phone.receive() == "from the PBX");
    }
}

TEST_CASE("phone to phone through a PBX that passes SDP on: the packets meet inside") {
    Rig rig(loopback_config(SrtpMode::SrtpOnly));
    MediaPeer alice, bob;
    const MediaSessions::Setup setup{
        .call = "inner", .phone_signalling = kLoopback, .trunk_signalling = kLoopback};
    const auto from_alice = rig.sessions.open(setup), to_bob = rig.sessions.open(setup);
    const auto key_a = SrtpKey::random(SrtpSuite::AesCm128Sha1_80, true), key_b = key_a;
    const auto line = [](const SrtpKey& key) { return "a=crypto:" + CryptoLine::of(1, key).str() + "\r\n"; };

    const auto through_pbx =
        *rig.sessions.offer(from_alice, MediaSide::Phone, sdp(alice, "RTP/SAVP", line(key_a)));
    const auto offer_to_bob = *rig.sessions.offer(to_bob, MediaSide::Trunk, through_pbx);
    const auto back = *rig.sessions.answer(to_bob, MediaSide::Phone, sdp(bob, "RTP/SAVP", line(key_b)));
    const auto answer_to_alice = *rig.sessions.answer(from_alice, MediaSide::Trunk, back);
    alice.set_keys(key_a, crypto_of(answer_to_alice).key);
    bob.set_keys(key_b, crypto_of(offer_to_bob).key);
    rig.stats(from_alice);

    alice.send(media_address(answer_to_alice), "hello Bob");
    CHECK(bob.receive() == "hello Bob");
    bob.send(media_address(offer_to_bob), "hello Alice");
    CHECK(alice.receive() == "hello Alice");
    CHECK(rig.stats(to_bob)[0].from_trunk.packets == 1);
    rig.stats(to_bob, true);
    alice.send(media_address(answer_to_alice), "Bob?");
    CHECK_FALSE(bob.receive(50).has_value());

    auto foreign = through_pbx;
    foreign.insert(foreign.find("o=- ") + 4, "9"); // a PBX that makes it its own and still names our port
    const auto refused = rig.sessions.offer(rig.sessions.open(setup), MediaSide::Trunk, foreign);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message.ends_with("the address of this relay itself, for no call of its own"));
}

TEST_CASE("RTCP and SRTCP pass on the next port: proves SBC-RTP-09") {
    Rig rig(loopback_config(SrtpMode::SrtpOnly));
    Call call(rig, true);
    MediaPeer pbx_rtcp;
    const auto again = *rig.sessions.offer(call.id, MediaSide::Trunk,
                                           sdp(call.pbx, "RTP/AVP", "a=rtcp:" + pbx_rtcp.port() + "\r\n"));
    const auto offered = crypto_of(again);
    const auto line = CryptoLine::of(offered.tag, SrtpKey::random(offered.key.suite, true));
    call.phone.set_keys(line.key, offered.key);
    REQUIRE(
        rig.sessions
            .answer(call.id, MediaSide::Phone, sdp(call.phone, "RTP/SAVP", "a=crypto:" + line.str() + "\r\n"))
            .has_value());
    rig.stats(call.id);
    auto to = call.phone_sends_to;
    to.set_port(static_cast<std::uint16_t>(to.port() + 1));
    call.phone.send_report(to);
    CHECK(pbx_rtcp.receive() == "rtcp");
    auto from = call.pbx_sends_to;
    from.set_port(static_cast<std::uint16_t>(from.port() + 1));
    CHECK(pbx_rtcp.source == from);
    pbx_rtcp.send_report(from);
    CHECK(call.phone.receive() == "rtcp");
    const auto stats = rig.stats(call.id);
    CHECK(stats[0].rtcp_from_phone.packets == 1);
    CHECK(stats[0].rtcp_from_trunk.packets == 1);
}

TEST_CASE("a sprayer on every port hears nothing of the calls: scenario 47") {
    Rig rig(loopback_config(SrtpMode::SrtpOnly));
    Call call(rig, true);
    MediaPeer sprayer("127.0.0.9");
    const auto spray = [&] {
        for (const auto& socket : rig.sessions.ports().shared())
            for (int i = 0; i < 20; ++i)
                sprayer.send(socket.local, "spray");
    };
    spray();
    rig.stats(call.id);
    for (int i = 0; i < 5; ++i) {
        call.phone.send(call.phone_sends_to, "phone");
        spray();
        call.pbx.send(call.pbx_sends_to, "pbx");
        CHECK(call.pbx.receive() == "phone");
        CHECK(call.phone.receive() == "pbx");
    }
    CHECK_FALSE(sprayer.receive(50).has_value());
    CHECK_FALSE(call.phone.receive(50).has_value());
    CHECK_FALSE(call.pbx.receive(50).has_value());
}

TEST_CASE("silence reaches the listener, with two media threads too") {
    auto config = loopback_config(SrtpMode::Off);
    config.timeout = std::chrono::milliseconds(500);
    config.threads = 2;
    Rig rig(config);
    Call call(rig, false);
    net::Timer limit(rig.loop);
    limit.arm(std::chrono::seconds(10), [&] { rig.loop.stop(); });
    rig.listener.loop = &rig.loop;
    rig.loop.run();
    CHECK(rig.listener.silent == std::vector<MediaId>{call.id});
}

TEST_CASE("audio and video are marked, each its own way: proves SBC-QOS-01, SBC-QOS-03") {
    auto config = loopback_config(SrtpMode::Off);
    config.video_dscp = 34;
    Rig rig(config);
    for (const auto& socket : rig.sessions.ports().shared()) {
        int tos = 0;
        socklen_t size = sizeof tos;
        REQUIRE(getsockopt(socket.fd.get(), IPPROTO_IP, IP_TOS, &tos, &size) == 0);
        CHECK(tos == (socket.kind == MediaKind::Video ? 34 : 46) << 2);
    }
}

TEST_CASE("500 calls at once share the ports, and each hears its own far side: proves SBC-RTP-05") {
    for (const bool secure : {false, true}) {
        Rig rig(loopback_config(secure ? SrtpMode::SrtpOnly : SrtpMode::Off));
        std::vector<std::unique_ptr<Call>> calls;
        for (int i = 0; i < 500; ++i)
            calls.push_back(std::make_unique<Call>(rig, secure));
        rig.stats(calls.back()->id); // the media thread has them all
        for (int round = 0; round < 3; ++round)
            for (std::size_t i = 0; i < calls.size(); ++i) {
                const auto payload = std::to_string(i) + "/" + std::to_string(round);
                calls[i]->phone.send(calls[i]->phone_sends_to, "phone " + payload);
                calls[i]->pbx.send(calls[i]->pbx_sends_to, "pbx " + payload);
            }
        for (int round = 0; round < 3; ++round)
            for (std::size_t i = 0; i < calls.size(); ++i) {
                const auto payload = std::to_string(i) + "/" + std::to_string(round);
                REQUIRE(calls[i]->pbx.receive() == "phone " + payload);
                // The PBX may have spoken before the phone's address was proved.
                if (!secure || round > 0) REQUIRE(calls[i]->phone.receive().value_or("").starts_with("pbx"));
            }
    }
}

TEST_CASE(
    "the trunk side may have a range of its own, whose lack is an error: proves SBC-RTP-08, SBC-RTP-11") {
    auto config = loopback_config(SrtpMode::Off);
    config.trunk.ports = free_range();
    Rig rig(config);
    auto one = std::make_unique<Call>(rig, false);
    Call two(rig, false);
    CHECK(one->pbx_sends_to.port() % 2 == 0);
    CHECK(one->pbx_sends_to.port() / 4 == two.pbx_sends_to.port() / 4);
    CHECK(one->pbx_sends_to.port() != two.pbx_sends_to.port());
    rig.stats(two.id);
    for (Call* call : {one.get(), &two}) {
        call->phone.send(call->phone_sends_to, "hello");
        CHECK(call->pbx.receive() == "hello");
        CHECK(call->pbx.source == call->pbx_sends_to);
        call->pbx.send(call->pbx_sends_to, "yes?");
        CHECK(call->phone.receive() == "yes?");
    }
    const auto third = rig.sessions.open({.call = "third", .phone_signalling = {}, .trunk_signalling = {}});
    const auto offer = rig.sessions.offer(third, MediaSide::Phone, sdp(one->phone));
    REQUIRE_FALSE(offer.has_value());
    CHECK(offer.error().code == ErrorCode::Exhausted);
}

TEST_CASE("a port that is taken is named") {
    MediaPeer squatter;
    auto config = loopback_config(SrtpMode::Off);
    config.plain_video = squatter.address().port();
    NullSink sink;
    Log log(sink);
    Metrics metrics;
    net::EventLoop loop;
    SilenceListener listener;
    Sessions sessions(config, test::srtp_library(), loop, log, metrics);
    const auto started = sessions.start(listener);
    REQUIRE_FALSE(started.has_value());
    CHECK(started.error().message.find("127.0.0.1:" + squatter.port()) != std::string::npos);
}

TEST_CASE("without a configured address each side is told the one that leads to it") {
    auto config = loopback_config(SrtpMode::Off);
    config.address = "0.0.0.0";
    Rig rig(config);
    Call call(rig, false);
    CHECK(call.phone_sends_to.ip() == "127.0.0.1");
    CHECK(call.pbx_sends_to.ip() == "127.0.0.1");
    rig.stats(call.id);
    call.phone.send(call.phone_sends_to, "hello");
    CHECK(call.pbx.receive() == "hello");
}

TEST_CASE("IPv6 on the phone's side, IPv4 on the trunk's") {
    auto config = loopback_config(SrtpMode::Off);
    config.address = "::1";
    config.trunk.address = "127.0.0.1";
    Rig rig(config);
    MediaPeer phone("::1"), pbx;
    const auto id = rig.sessions.open({.call = "v6",
                                       .phone_signalling = *net::SocketAddress::parse("::1", 5'060),
                                       .trunk_signalling = kLoopback});
    const auto to_phone = *rig.sessions.offer(id, MediaSide::Trunk, sdp(pbx));
    CHECK(to_phone.find("c=IN IP6 ::1\r\n") != std::string::npos);
    auto answer = sdp(phone);
    for (auto at = answer.find("IP4 127.0.0.1"); at != std::string::npos; at = answer.find("IP4 127.0.0.1"))
        answer.replace(at, 13, "IP6 ::1");
    CHECK_FALSE(rig.sessions.answer(id, MediaSide::Phone, sdp(phone)).has_value());
    const auto to_pbx = *rig.sessions.answer(id, MediaSide::Phone, answer);
    rig.stats(id);
    phone.send(media_address(to_phone), "six to four");
    CHECK(pbx.receive() == "six to four");
    pbx.send(media_address(to_pbx), "four to six");
    CHECK(phone.receive() == "four to six");
}

TEST_SUITE_END();

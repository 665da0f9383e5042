// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>

#include "base/assert.h"
#include "fakes/fake_timers.h"
#include "fakes/fake_wire.h"
#include "media/connectivity.h"

using namespace wakeline;
using namespace wakeline::media;

namespace {

LegPlan leg(std::string_view rtp, bool secure, bool trusted) {
    LegPlan plan;
    plan.local.rtp = secure ? 2 : 0;
    plan.local.rtcp = secure ? 3 : 1;
    plan.rtp = plan.rtcp = plan.signalling = test::at(rtp);
    plan.rtcp.set_port(static_cast<std::uint16_t>(plan.rtp.port() + 1));
    plan.trusted = trusted;
    if (secure) {
        plan.receive = SrtpKey{.suite = SrtpSuite::AesCm128Sha1_80,
                               .key_and_salt = Bytes(30, 1),
                               .mki = {},
                               .srtcp_encrypted = true};
        plan.send = plan.receive;
    }
    return plan;
}

struct NoNetwork final : PacketIo {
    void add(SocketId, int) override {}
    void remove(SocketId) override {}
    void send(SocketId, const net::SocketAddress&, ByteView) override {}
};

/// Checked by ICE, with keys that a handshake would bring.
void make_web(LegPlan& leg) {
    leg.ice = IcePlan{.ours = {"evtj", "VOkJxbRl1RmTxUk/WvJxBt"}, .their_ufrag = "h6vY"};
    leg.dtls = DtlsPlan{};
    leg.receive.reset();
    leg.send.reset();
}

StreamPlan plan(bool secure, std::string_view phone, std::string_view pbx) {
    StreamPlan stream;
    stream.payloads = {{8, 8'000, ""}, {96, 90'000, ""}};
    stream.leg(MediaSide::Phone) = leg(phone, secure, false);
    stream.leg(MediaSide::Trunk) = leg(pbx, false, true);
    return stream;
}

} // namespace

/// Datagrams, one after the other: an octet that says socket, source and what else happens, an octet of
/// length, and the data.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Metrics metrics;
    MediaMetrics media_metrics(metrics);
    Relay relay(test::srtp_library(), media_metrics,
                {.forbidden = [](const net::SocketAddress&) { return false; },
                 .rtcp_sockets = {false, true, false, true}});
    test::FakeWire wire(relay);
    const auto plain = plan(false, "198.51.100.7:4000", "10.0.0.5:30000");
    const auto secure = plan(true, "198.51.100.8:4000", "10.0.0.5:30002");
    auto web = plan(true, "198.51.100.9:4000", "10.0.0.5:30004");
    make_web(web.leg(MediaSide::Phone));
    test::FakeTimers clock;
    NoNetwork io;
    DtlsThread dtls(*DtlsIdentity::create(), {SrtpSuite::AesCm128Sha1_80}); // never started
    Connectivity connectivity({relay, io, clock, [](const std::function<void()>&) {}}, media_metrics, dtls);
    relay.set_port_sharer(connectivity);
    WAKELINE_ASSERT(relay.apply(3, {web}, true, wire.now).has_value());
    WAKELINE_ASSERT(relay.apply(1, {plain}, true, wire.now).has_value());
    WAKELINE_ASSERT(relay.apply(2, {secure}, true, wire.now).has_value());
    const net::SocketAddress sources[] = {test::at("198.51.100.7:4000"), test::at("198.51.100.8:4000"),
                                          test::at("10.0.0.5:30000"), test::at("198.51.100.7:9")};
    while (size >= 2) {
        const std::uint8_t what = data[0];
        const std::size_t length = std::min<std::size_t>(data[1], size - 2);
        wire.deliver(what & 3, sources[what >> 2 & 3], Bytes(data + 2, data + 2 + length));
        if ((what & 0x10) != 0) wire.now += std::chrono::milliseconds(20);
        if ((what & 0x20) != 0) relay.close(1, wire.now);
        if ((what & 0x40) != 0)
            WAKELINE_ASSERT(relay.apply(1, {plain}, (what & 0x80) != 0, wire.now).has_value());
        data += 2 + length;
        size -= 2 + length;
    }
    relay.tick(wire.now + std::chrono::seconds(30));
    return 0;
}

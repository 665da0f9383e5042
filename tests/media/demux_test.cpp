// SPDX-License-Identifier: Apache-2.0
#include "media/demux.h"

#include <doctest/doctest.h>

#include "fakes/fake_wire.h"

using namespace wakeline;
using namespace wakeline::media;
using test::at;

namespace {

PacketKind kind_of_first(unsigned octet, std::uint8_t second = 8) {
    Bytes packet(20, 0);
    packet[0] = static_cast<std::uint8_t>(octet);
    packet[1] = second;
    return kind_of(packet);
}

/// Answers STUN as ICE would, and takes the source of DTLS for the phone's.
struct Sharer final : PortSharer {
    explicit Sharer(Relay& r) : relay(r) {}
    void on_stun(Packet& packet, const FlowKey&, net::TimePoint) override {
        packet.room[0] = 1;
        packet.size = 4;
        packet.answer();
    }
    void on_dtls(Packet& packet, const FlowKey&, net::TimePoint now) override {
        proved = relay.prove(1, 0, MediaSide::Phone, packet, now);
    }
    Relay& relay;
    bool proved = false;
};

struct Rig {
    Metrics metrics;
    MediaMetrics media_metrics{metrics};
    Relay relay{test::srtp_library(),
                media_metrics,
                {.forbidden = [](const net::SocketAddress& a) { return a == at("203.0.113.10:5008"); },
                 .rtcp_sockets = {false, true}}};
    test::FakeWire wire{relay};
    Sharer sharer{relay};
};

StreamPlan call() {
    StreamPlan plan;
    plan.payloads = {{8, 8'000, "PCMA/8000"}};
    for (const MediaSide side : {MediaSide::Phone, MediaSide::Trunk})
        plan.leg(side).local = {.rtp = 0, .rtcp = 1, .told = {}};
    plan.leg(MediaSide::Phone).rtp = at("192.168.1.7:4000");
    plan.leg(MediaSide::Trunk).rtp = at("10.0.0.5:30000");
    plan.leg(MediaSide::Trunk).trusted = true;
    return plan;
}

} // namespace

TEST_SUITE_BEGIN("media/demux");

TEST_CASE("the first octet says what shares the port (RFC 7983)") {
    for (unsigned octet = 0; octet < 256; ++octet) {
        const auto expected = octet <= 3                     ? PacketKind::Stun
                              : octet >= 20 && octet <= 63   ? PacketKind::Dtls
                              : octet >= 128 && octet <= 191 ? PacketKind::Rtp
                                                             : PacketKind::Unknown;
        CHECK(kind_of_first(octet) == expected);
    }
    CHECK(kind_of({}) == PacketKind::Unknown);
}

TEST_CASE("the second octet tells RTCP from RTP (RFC 5761)") {
    for (unsigned octet = 0; octet < 256; ++octet) {
        const auto expected = octet >= 192 && octet <= 223 ? PacketKind::Rtcp : PacketKind::Rtp;
        CHECK(kind_of_first(0x80, static_cast<std::uint8_t>(octet)) == expected);
    }
}

TEST_CASE("STUN and DTLS reach who shares the ports, who may answer; without one they go nowhere") {
    Rig rig;
    const auto phone = at("198.51.100.7:4000");
    CHECK(rig.wire.deliver(0, phone, Bytes(20, 0)) == "dropped");
    CHECK(rig.media_metrics.not_rtp.value() == 1);
    rig.relay.set_port_sharer(rig.sharer);
    CHECK(rig.wire.deliver(0, phone, Bytes(20, 0)) == "198.51.100.7:4000 from 0");
    CHECK(rig.wire.sent == Bytes{1, 0, 0, 0});
    CHECK(rig.wire.deliver(0, phone, Bytes(20, 22)) == "dropped");
    CHECK_FALSE(rig.sharer.proved); // no such call
}

TEST_CASE("a source that a check proved is where the stream is, unless it is the relay itself") {
    Rig rig;
    rig.relay.set_port_sharer(rig.sharer);
    REQUIRE(rig.relay.apply(1, {call()}, true, rig.wire.now).has_value());
    test::FakeSource pbx("10.0.0.5:30000", 2);
    CHECK(rig.wire.deliver(0, pbx.address, pbx.rtp()) == "dropped");
    rig.wire.deliver(0, at("203.0.113.10:5008"), Bytes(20, 22));
    CHECK_FALSE(rig.sharer.proved);
    rig.wire.deliver(0, at("198.51.100.7:4000"), Bytes(20, 22));
    CHECK(rig.sharer.proved);
    CHECK(rig.wire.deliver(0, pbx.address, pbx.rtp()) == "198.51.100.7:4000 from 0");
    rig.wire.deliver(0, at("198.51.100.8:4000"), Bytes(20, 22)); // another pair is nominated
    CHECK(rig.wire.deliver(0, pbx.address, pbx.rtp()) == "198.51.100.8:4000 from 0");
}

TEST_SUITE_END();

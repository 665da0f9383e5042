// SPDX-License-Identifier: Apache-2.0
#include "media/connectivity.h"

#include <doctest/doctest.h>

#include "fakes/fake_timers.h"
#include "fakes/fake_wire.h"

using namespace wakeline;
using namespace wakeline::media;
using std::chrono::seconds;
using test::at;

namespace {

constexpr auto kPhone = MediaSide::Phone;
constexpr auto kTrunk = MediaSide::Trunk;
const IcePlan kIce{.ours = {"OurFrag1", "OurPasswordOfTwentyFour+"}, .their_ufrag = "them"};
const auto kMobile = at("198.51.100.7:40000"), kWifi = at("198.51.100.8:40000");
const auto kPbx = at("10.0.0.5:30000");

/// No packet leaves.
struct NoNetwork final : PacketIo {
    void add(SocketId, int) override {}
    void remove(SocketId) override {}
    void send(SocketId, const net::SocketAddress&, ByteView) override {}
};

StreamPlan call() {
    StreamPlan plan;
    plan.payloads = {{8, 8'000, "PCMA/8000"}};
    for (const MediaSide side : {kPhone, kTrunk})
        plan.leg(side).local = {.rtp = 0, .rtcp = 1, .told = {}};
    plan.leg(kPhone).rtp = kMobile;
    plan.leg(kPhone).ice = kIce;
    plan.leg(kTrunk).rtp = kPbx;
    plan.leg(kTrunk).trusted = true;
    return plan;
}

struct Rig {
    explicit Rig(StreamPlan p = call()) : plan(std::move(p)) {
        relay.set_port_sharer(connectivity);
        apply();
        pbx.address = kPbx;
    }
    void apply() { CHECK(relay.apply(1, {plan}, true, wire.now).has_value()); }
    std::string check(const net::SocketAddress& from, bool nominate = true, const IcePlan& plan_used = kIce) {
        StunWriter request(StunClass::Request, StunMessage::kBinding, StunTransaction{7});
        request.add(StunAttribute::Username, plan_used.ours.ufrag + ":" + plan_used.their_ufrag);
        if (nominate) request.add(StunAttribute::UseCandidate, ByteView());
        request.add_integrity(plan_used.ours.password).add_fingerprint();
        return wire.deliver(0, from, request.bytes());
    }
    std::string from_pbx() { return wire.deliver(0, kPbx, pbx.rtp()); }

    Metrics metrics;
    MediaMetrics media_metrics{metrics};
    Relay relay{test::srtp_library(),
                media_metrics,
                {.forbidden = [](const net::SocketAddress& a) { return a == at("203.0.113.10:5008"); },
                 .rtcp_sockets = {false, true}}};
    test::FakeWire wire{relay};
    test::FakeTimers clock;
    NoNetwork io;
    DtlsThread dtls{*DtlsIdentity::create(), {SrtpSuite::AesCm128Sha1_80}}; // never started
    Connectivity connectivity{{relay, io, clock, [](const std::function<void()>&) {}}, media_metrics, dtls};
    StreamPlan plan;
    test::FakeSource pbx{"10.0.0.5:30000", 7}, phone{"198.51.100.7:40000", 8};
};

} // namespace

TEST_SUITE_BEGIN("media/connectivity");

TEST_CASE("with ICE nothing is sent before a check has come, whatever address SDP names") {
    Rig rig;
    CHECK(rig.from_pbx() == "dropped");
    CHECK(rig.wire.deliver(0, kMobile, rig.phone.rtp()) == "dropped");
    CHECK(rig.check(kMobile) == "198.51.100.7:40000 from 0");
    CHECK(rig.from_pbx() == "198.51.100.7:40000 from 0");
    CHECK(rig.wire.deliver(0, kMobile, rig.phone.rtp()) == "10.0.0.5:30000 from 0");
}

TEST_CASE("the first pair that works serves until one is nominated") {
    Rig rig;
    rig.check(kMobile, false);
    CHECK(rig.from_pbx() == "198.51.100.7:40000 from 0");
    rig.check(kWifi, false);
    CHECK(rig.from_pbx() == "198.51.100.7:40000 from 0");
    rig.check(kWifi);
    CHECK(rig.from_pbx() == "198.51.100.8:40000 from 0");
}

TEST_CASE("without consent for 30 s nothing more is sent, until a check or a packet comes (RFC 7675)") {
    Rig rig;
    rig.check(kMobile);
    for (int i = 0; i < 5; ++i) {
        rig.wire.now += seconds(10);
        rig.check(kMobile);
        rig.relay.tick(rig.wire.now);
    }
    CHECK(rig.from_pbx() == "198.51.100.7:40000 from 0");
    rig.wire.now += seconds(30);
    rig.relay.tick(rig.wire.now);
    CHECK(rig.from_pbx() == "dropped");
    CHECK(rig.media_metrics.consent_lost.value() == 1);
    rig.check(kMobile);
    CHECK(rig.from_pbx() == "198.51.100.7:40000 from 0");
    rig.wire.now += seconds(30);
    rig.relay.tick(rig.wire.now);
    CHECK(rig.from_pbx() == "dropped");
    rig.wire.deliver(0, kMobile, rig.phone.rtp());
    CHECK(rig.from_pbx() == "198.51.100.7:40000 from 0");
}

TEST_CASE("a restart keeps the old pair until the new one is nominated (RFC 8445 section 9)") {
    Rig rig;
    rig.check(kMobile);
    const IcePlan anew{.ours = {"OurFrag2", "AnotherPasswordOf24Chars"}, .their_ufrag = "anew"};
    rig.plan.leg(kPhone).ice = anew;
    rig.apply();
    CHECK(rig.from_pbx() == "198.51.100.7:40000 from 0");
    CHECK(rig.check(kMobile, false) == "198.51.100.7:40000 from 0"); // its consent goes on
    CHECK(rig.check(kWifi, true, anew) == "198.51.100.8:40000 from 0");
    CHECK(rig.from_pbx() == "198.51.100.8:40000 from 0");
    rig.plan.leg(kPhone).ice.reset();
    rig.apply();
    CHECK(rig.check(kMobile, true, anew) == "dropped");
}

TEST_CASE("a check from the relay's own address is not answered, and a closed call answers nobody") {
    Rig rig;
    CHECK(rig.check(at("203.0.113.10:5008")) == "dropped");
    rig.relay.close(1, rig.wire.now);
    CHECK(rig.check(kMobile) == "dropped");
}

TEST_CASE("before the handshake nothing passes in clear, in neither direction") {
    StreamPlan plan = call();
    plan.leg(kPhone).dtls = DtlsPlan{};
    for (const bool ice : {true, false}) {
        if (!ice) plan.leg(kPhone).ice.reset();
        Rig rig(plan);
        if (ice) rig.check(kMobile);
        CHECK(rig.from_pbx() == "dropped");
        for (int i = 0; i < 8; ++i)
            CHECK(rig.wire.deliver(0, kMobile, rig.phone.rtp()) == "dropped");
        CHECK(rig.wire.deliver(1, at("198.51.100.7:40001"), rig.phone.rtcp()) == "dropped");
        CHECK(rig.relay.stats(1).at(0).from_phone.packets == 0);
    }
}

TEST_CASE("keys of a handshake stay over re-INVITEs, and go with another certificate") {
    StreamPlan plan = call();
    plan.leg(kPhone).dtls = DtlsPlan{};
    Rig rig(plan);
    rig.check(kMobile);
    const auto key = SrtpKey::random(SrtpSuite::AesCm128Sha1_80, true);
    CHECK(rig.relay.give_keys({1, 0, kPhone}, key, key, rig.wire.now).has_value());
    rig.phone.protect_with(key);
    CHECK(rig.wire.deliver(0, kMobile, rig.phone.rtp()) == "10.0.0.5:30000 from 0");
    rig.apply();
    CHECK(rig.wire.deliver(0, kMobile, rig.phone.rtp()) == "10.0.0.5:30000 from 0");
    CHECK(rig.from_pbx() == "198.51.100.7:40000 from 0");
    CHECK(rig.relay.stats(1).at(0).phone_security == "AES_CM_128_HMAC_SHA1_80");
    rig.plan.leg(kPhone).dtls->tls_id = "another";
    rig.apply();
    CHECK(rig.wire.deliver(0, kMobile, rig.phone.rtp()) == "dropped");
    CHECK(rig.from_pbx() == "dropped");
}

TEST_SUITE_END();

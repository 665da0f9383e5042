// SPDX-License-Identifier: Apache-2.0
#include "media/relay.h"

#include <doctest/doctest.h>

#include "fakes/fake_wire.h"
#include "media/address_rules.h"

using namespace wakeline;
using namespace wakeline::media;
using namespace std::chrono_literals;
using test::at;
using test::FakeSource;

namespace {

constexpr SocketId kPlain = 0, kPlainRtcp = 1, kSecure = 2, kSecureRtcp = 3;
constexpr auto kPhone = MediaSide::Phone;
constexpr auto kTrunk = MediaSide::Trunk;

struct Rig {
    Rig()
        : relay(test::srtp_library(), media_metrics,
                {.forbidden =
                     [](const net::SocketAddress& a) { return a == at("203.0.113.10:5008") || unusable(a); },
                 .rtcp_sockets = {false, true, false, true},
                 .timeout = 60s}),
          wire(relay) {}

    std::string rtp(FakeSource& source, SocketId socket) {
        return wire.deliver(socket, source.address, source.rtp());
    }
    std::string rtcp(FakeSource& source, SocketId socket) {
        return wire.deliver(socket, source.address, source.rtcp());
    }
    void apply(MediaId id, const StreamPlan& plan, bool active = true) {
        REQUIRE(relay.apply(id, {plan}, active, wire.now).has_value());
    }

    Metrics metrics;
    MediaMetrics media_metrics{metrics};
    Relay relay;
    test::FakeWire wire;
};

LegPlan leg(std::string_view rtp, std::string_view signalling, bool secure, bool trusted) {
    LegPlan plan;
    plan.local.rtp = secure ? kSecure : kPlain;
    plan.local.rtcp = secure ? kSecureRtcp : kPlainRtcp;
    plan.rtp = plan.rtcp = at(rtp);
    plan.rtcp.set_port(static_cast<std::uint16_t>(plan.rtp.port() + 1));
    if (!signalling.empty()) plan.signalling = at(signalling);
    plan.trusted = trusted;
    if (secure) {
        plan.receive = SrtpKey::random(SrtpSuite::AesCm128Sha1_80, true);
        plan.send = SrtpKey::random(SrtpSuite::AesCm128Sha1_80, true);
    }
    return plan;
}

/// A phone behind NAT (its SDP names a private address) and the PBX at 10.0.0.5.
StreamPlan plan(bool secure, std::string_view pbx = "10.0.0.5:30000",
                std::string_view phone_sdp = "192.168.1.7:4000",
                std::string_view phone_signals = "198.51.100.7:61000") {
    StreamPlan stream;
    stream.codec = "PCMA/8000";
    stream.payloads = {{8, 8'000, "PCMA/8000"}};
    stream.leg(kPhone) = leg(phone_sdp, phone_signals, secure, false);
    stream.leg(kTrunk) = leg(pbx, "10.0.0.5:5060", false, true);
    return stream;
}

FakeSource phone_of(const StreamPlan& plan, std::string_view address, std::uint32_t ssrc = 1) {
    FakeSource source(address, ssrc);
    if (const auto& key = plan.leg(kPhone).receive) source.protect_with(*key);
    return source;
}

const std::string kToPbx = "10.0.0.5:30000 from 0";

} // namespace

TEST_SUITE_BEGIN("media/relay");

TEST_CASE("an SRTP phone behind NAT is found by its key, and spoken to from then on: proves SBC-RTP-07") {
    Rig rig;
    const auto call = plan(true);
    rig.apply(1, call);
    FakeSource pbx("10.0.0.5:30000", 2);
    CHECK(rig.rtp(pbx, kPlain) == "dropped"); // nobody knows yet where the phone is
    auto phone = phone_of(call, "198.51.100.7:40001");
    CHECK(rig.rtp(phone, kSecure) == kToPbx);
    CHECK(as_text(rig.wire.sent).ends_with("voice"));
    CHECK(rig.rtp(pbx, kPlain) == "198.51.100.7:40001 from 2");
    auto heard = rig.wire.sent;
    auto receiver =
        *SrtpSession::create(test::srtp_library(), SrtpDirection::Inbound, *call.leg(kPhone).send);
    std::size_t size = heard.size();
    CHECK(receiver.unprotect(heard, size) == SrtpVerdict::Good);
}

TEST_CASE("packets without the key change nothing, before, during or after: scenario 47") {
    Rig rig;
    const auto call = plan(true);
    rig.apply(1, call);
    FakeSource sprayer("198.51.100.66:1000", 666), pbx("10.0.0.5:30000", 2);
    FakeSource wrong_key("198.51.100.7:40001", 1);
    wrong_key.protect_with(SrtpKey::random(SrtpSuite::AesCm128Sha1_80, true));
    CHECK(rig.rtp(sprayer, kSecure) == "dropped");
    CHECK(rig.rtp(wrong_key, kSecure) == "dropped");
    CHECK(rig.rtp(pbx, kPlain) == "dropped");
    auto phone = phone_of(call, "198.51.100.7:40001");
    CHECK(rig.rtp(phone, kSecure) == kToPbx);
    CHECK(rig.rtp(wrong_key, kSecure) == "dropped"); // from the very address
    FakeSource thief("198.51.100.66:1000", 1);
    CHECK(rig.wire.deliver(kSecure, thief.address, Bytes(phone.rtp())) ==
          kToPbx);                                                 // the genuine one, carried off
    CHECK(rig.rtp(pbx, kPlain).starts_with("198.51.100.7:40001")); // too soon to follow
    for (int i = 0; i < 50; ++i) {
        rig.wire.now += 20ms;
        CHECK(rig.rtp(sprayer, kSecure) == "dropped");
        CHECK(rig.rtp(pbx, kPlain) == "198.51.100.7:40001 from 2");
    }
    CHECK(rig.relay.stats(1).at(0).from_phone.auth_failed == 1);
}

TEST_CASE("an SRTP stream that counted on while nobody heard it goes on after the silence") {
    Rig rig;
    const auto call = plan(true);
    rig.apply(1, call);
    auto phone = phone_of(call, "198.51.100.7:40001");
    CHECK(rig.rtp(phone, kSecure) == kToPbx);
    for (int lost = 0; lost < 65'000; ++lost)
        phone.rtp();
    for (int lost = 0; lost < 40'000; ++lost)
        phone.rtp();
    CHECK(rig.rtp(phone, kSecure) == "dropped"); // no silence: a forgery
    rig.wire.now += 6s;
    CHECK(rig.rtp(phone, kSecure) == kToPbx);
    CHECK(rig.rtp(phone, kSecure) == kToPbx);
}

TEST_CASE("nothing is sent to groups, to everybody, to no address, or to port 0") {
    for (const auto* nowhere : {"224.0.0.1:4000", "255.255.255.255:4000", "0.0.0.0:4000", "198.51.100.7:0"}) {
        Rig rig;
        auto call = plan(false, nowhere, "198.51.100.8:4000", "198.51.100.8:61000");
        rig.apply(1, call);
        FakeSource phone("198.51.100.8:4000", 1), back(nowhere, 2);
        CHECK(rig.rtp(phone, kPlain) == "dropped");
        for (int i = 0; i < 10; ++i)
            CHECK(rig.rtp(back, kPlain) == "dropped");
        CHECK(rig.rtp(phone, kPlain) == "dropped");
    }
}

TEST_CASE("two phones behind one NAT that begin at once, on the same local ports, are right or refused") {
    for (const bool secure : {false, true})
        for (const unsigned first : {0u, 1u}) {
            Rig rig;
            const std::string pbx[] = {"10.0.0.5:30000", "10.0.0.5:30002"};
            const StreamPlan calls[] = {plan(secure, pbx[0]), plan(secure, pbx[1])};
            rig.apply(1, calls[0]);
            rig.apply(2, calls[1]);
            FakeSource phones[] = {phone_of(calls[0], "198.51.100.7:40001", 11),
                                   phone_of(calls[1], "198.51.100.7:40002", 12)};
            bool heard[2] = {};
            for (int round = 0; round < 20; ++round)
                for (const unsigned turn : {0u, 1u}) {
                    const unsigned who = turn ^ first;
                    const auto went = rig.rtp(phones[who], secure ? kSecure : kPlain);
                    CHECK((went == "dropped" || went == pbx[who] + " from 0"));
                    heard[who] |= went != "dropped";
                    rig.wire.now += 10ms;
                }
            CHECK(heard[0] == secure); // plain, both could be either one
            CHECK(heard[1] == secure);
        }
}

TEST_CASE("a replayed packet does not move the stream") {
    Rig rig;
    const auto call = plan(true);
    rig.apply(1, call);
    auto phone = phone_of(call, "198.51.100.7:40001");
    const auto packet = phone.rtp();
    CHECK(rig.wire.deliver(kSecure, phone.address, packet) == kToPbx);
    rig.wire.now += 5s;
    CHECK(rig.wire.deliver(kSecure, at("198.51.100.66:1000"), packet) == "dropped");
    FakeSource pbx("10.0.0.5:30000", 2);
    CHECK(rig.rtp(pbx, kPlain).starts_with("198.51.100.7:40001"));
}

TEST_CASE("a phone that changes networks is followed by its key: scenario 46") {
    Rig rig;
    const auto call = plan(true);
    rig.apply(1, call);
    auto phone = phone_of(call, "198.51.100.7:40001");
    CHECK(rig.rtp(phone, kSecure) == kToPbx);
    rig.wire.now += 2s;
    phone.address = at("203.0.113.99:2000");
    CHECK(rig.rtp(phone, kSecure) == kToPbx);
    FakeSource pbx("10.0.0.5:30000", 2);
    CHECK(rig.rtp(pbx, kPlain) == "203.0.113.99:2000 from 2");
}

TEST_CASE("a 32-bit tag must be good twice in a row") {
    Rig rig;
    auto call = plan(true);
    call.leg(kPhone).receive = SrtpKey::random(SrtpSuite::AesCm128Sha1_32, true);
    rig.apply(1, call);
    auto phone = phone_of(call, "198.51.100.7:40001");
    CHECK(rig.rtp(phone, kSecure) == "dropped");
    CHECK(rig.rtp(phone, kSecure) == kToPbx);
}

TEST_CASE("two phones with the same private address are not crossed") {
    Rig rig;
    const auto one = plan(true, "10.0.0.5:30000", "192.168.1.7:4000", "198.51.100.7:61000");
    const auto two = plan(true, "10.0.0.5:30002", "192.168.1.7:4000", "198.51.100.8:61000");
    rig.apply(1, one);
    rig.apply(2, two);
    auto phone_one = phone_of(one, "198.51.100.7:4000", 11),
         phone_two = phone_of(two, "198.51.100.8:4000", 12);
    CHECK(rig.rtp(phone_two, kSecure) == "10.0.0.5:30002 from 0");
    CHECK(rig.rtp(phone_one, kSecure) == "10.0.0.5:30000 from 0");
}

TEST_CASE("many phones behind one address each find their own call") {
    Rig rig;
    std::vector<StreamPlan> plans;
    for (unsigned i = 0; i < 60; ++i) {
        plans.push_back(plan(true, "10.0.0.5:" + std::to_string(30'000 + 2 * i)));
        rig.apply(i + 1, plans.back());
    }
    for (unsigned i = 0; i < 60; ++i) {
        auto phone = phone_of(plans[i], "198.51.100.7:" + std::to_string(50'000 + i), i + 1);
        const auto wanted = "10.0.0.5:" + std::to_string(30'000 + 2 * i) + " from 0";
        std::string went = rig.rtp(phone, kSecure);
        for (int more = 0; more < 5 && went != wanted; ++more) {
            CHECK(went == "dropped"); // not among those tried for this packet
            rig.wire.now += 20ms;
            went = rig.rtp(phone, kSecure);
        }
        CHECK(went == wanted);
    }
}

TEST_CASE("one phone may have two calls on one port") {
    Rig rig;
    const auto one = plan(true), two = plan(true, "10.0.0.5:30002");
    rig.apply(1, one);
    auto first = phone_of(one, "198.51.100.7:4000", 11);
    CHECK(rig.rtp(first, kSecure) == kToPbx);
    rig.apply(2, two);
    auto second = phone_of(two, "198.51.100.7:4000", 12);
    for (int i = 0; i < 3; ++i) {
        CHECK(rig.rtp(second, kSecure) == "10.0.0.5:30002 from 0");
        CHECK(rig.rtp(first, kSecure) == kToPbx);
    }
}

TEST_CASE("plain RTP joins from the SDP's address at once, when that can be believed") {
    Rig rig;
    rig.apply(1, plan(false, "10.0.0.5:30000", "198.51.100.7:4000", "198.51.100.7:61000"));
    FakeSource pbx("10.0.0.5:30000", 2), phone("198.51.100.7:4000", 1);
    CHECK(rig.rtp(pbx, kPlain) == "198.51.100.7:4000 from 0"); // before its first packet
    CHECK(rig.rtp(phone, kPlain) == kToPbx);
}

TEST_CASE("a private address in a phone's SDP is neither sent to nor believed") {
    Rig rig;
    rig.apply(1, plan(false));
    FakeSource pbx("10.0.0.5:30000", 2), neighbour("192.168.1.7:4000", 1);
    CHECK(rig.rtp(pbx, kPlain) == "dropped");
    for (int i = 0; i < 10; ++i)
        CHECK(rig.rtp(neighbour, kPlain) == "dropped"); // the private network on our side is another one
}

TEST_CASE("a plain phone behind NAT joins after five packets in a row from where it signals") {
    Rig rig;
    rig.apply(1, plan(false));
    FakeSource phone("198.51.100.7:40001", 1);
    for (int i = 0; i < 4; ++i)
        CHECK(rig.rtp(phone, kPlain) == "dropped");
    phone.sequence = 300; // not in a row
    for (int i = 0; i < 4; ++i)
        CHECK(rig.rtp(phone, kPlain) == "dropped");
    CHECK(rig.rtp(phone, kPlain) == kToPbx);
    FakeSource pbx("10.0.0.5:30000", 2);
    CHECK(rig.rtp(pbx, kPlain) == "198.51.100.7:40001 from 0");
}

TEST_CASE(
    "plain RTP from elsewhere, of another type, too late, or after the lock joins nothing: scenario 47") {
    Rig rig;
    rig.apply(1, plan(false));
    const auto joins = [&](FakeSource source, std::uint8_t type = 8) {
        for (int i = 0; i < 10; ++i)
            if (rig.wire.deliver(kPlain, source.address, source.rtp(type)) != "dropped") return true;
        return false;
    };
    CHECK_FALSE(joins({"198.51.100.66:40001", 1}));
    CHECK_FALSE(joins({"198.51.100.7:40001", 1}, 96));
    rig.wire.now += 11s;
    CHECK_FALSE(joins({"198.51.100.7:40001", 1}));
    rig.apply(1, plan(false)); // an SDP opens the window again
    CHECK(joins({"198.51.100.7:40001", 1}));
    CHECK_FALSE(joins({"198.51.100.7:40002", 1}));
    rig.apply(1, plan(false));
    CHECK_FALSE(joins({"198.51.100.7:40002", 1})); // nothing new in it: still locked
}

TEST_CASE("plain RTP that could be of two calls is of none; a kept port decides") {
    Rig rig;
    rig.apply(1, plan(false, "10.0.0.5:30000", "192.168.1.7:4000"));
    rig.apply(2, plan(false, "10.0.0.5:30002", "192.168.1.8:4002"));
    FakeSource unknown("198.51.100.7:50000", 1), kept("198.51.100.7:4002", 2);
    for (int i = 0; i < 10; ++i)
        CHECK(rig.rtp(unknown, kPlain) == "dropped");
    for (int i = 0; i < 4; ++i)
        rig.rtp(kept, kPlain);
    CHECK(rig.rtp(kept, kPlain) == "10.0.0.5:30002 from 0");
}

TEST_CASE("late packets of a call that ended reach no other") {
    Rig rig;
    rig.apply(1, plan(false));
    FakeSource phone("198.51.100.7:40001", 1);
    for (int i = 0; i < 5; ++i)
        rig.rtp(phone, kPlain);
    rig.relay.close(1, rig.wire.now);
    rig.apply(2, plan(false, "10.0.0.5:30002"));
    for (int i = 0; i < 20; ++i)
        CHECK(rig.rtp(phone, kPlain) == "dropped");
}

TEST_CASE("a new call on the ports of one that just ended begins at once") {
    Rig rig;
    const auto sdp = "198.51.100.7:4000";
    rig.apply(1, plan(false, "10.0.0.5:30000", sdp));
    FakeSource phone(sdp, 1), pbx("10.0.0.5:30000", 2);
    CHECK(rig.rtp(phone, kPlain) == kToPbx);
    rig.relay.close(1, rig.wire.now);
    CHECK(rig.rtp(phone, kPlain) == "dropped");
    CHECK(rig.rtp(pbx, kPlain) == "dropped");
    rig.apply(2, plan(false, "10.0.0.5:30000", sdp));
    CHECK(rig.rtp(phone, kPlain) == kToPbx);
    CHECK(rig.rtp(pbx, kPlain) == "198.51.100.7:4000 from 0");
    rig.wire.now += 11s;
    rig.relay.tick(rig.wire.now); // the old one is forgotten, and takes nothing along
    CHECK(rig.rtp(phone, kPlain) == kToPbx);
    CHECK(rig.rtp(pbx, kPlain) == "198.51.100.7:4000 from 0");
}

TEST_CASE("a phone cannot take another's stream by naming its address") {
    Rig rig;
    rig.apply(1, plan(false, "10.0.0.5:30000", "198.51.100.7:4000", "198.51.100.7:61000"));
    rig.apply(2, plan(false, "10.0.0.5:30002", "198.51.100.7:4000", "198.51.100.66:61000"));
    FakeSource victim("198.51.100.7:4000", 1);
    CHECK(rig.rtp(victim, kPlain) == kToPbx);
    rig.apply(3, plan(false, "10.0.0.5:30004", "198.51.100.7:4000", "198.51.100.66:61000"));
    CHECK(rig.rtp(victim, kPlain) == kToPbx);
}

TEST_CASE("nothing is sent to the relay itself") {
    Rig rig;
    rig.apply(1, plan(false, "203.0.113.10:5008", "198.51.100.7:4000"));
    FakeSource phone("198.51.100.7:4000", 1), loop("203.0.113.10:5008", 2);
    CHECK(rig.rtp(phone, kPlain) == "dropped");
    for (int i = 0; i < 10; ++i)
        CHECK(rig.rtp(loop, kPlain) == "dropped");
}

TEST_CASE("a PBX that sends from another port than it named is found, if only one call can be meant") {
    Rig rig;
    rig.apply(1, plan(false, "10.0.0.5:30000", "198.51.100.7:4000"));
    FakeSource pbx("10.0.0.5:40000", 2);
    for (int i = 0; i < 4; ++i)
        CHECK(rig.rtp(pbx, kPlain) == "dropped");
    CHECK(rig.rtp(pbx, kPlain) == "198.51.100.7:4000 from 0");
}

TEST_CASE("RTCP joins like RTP: from its SDP address, with RTP's SSRC, or by its key: proves SBC-RTP-09") {
    Rig rig;
    const auto call = plan(false);
    rig.apply(1, call);
    FakeSource phone("198.51.100.7:40001", 1), pbx("10.0.0.5:30000", 2), pbx_rtcp("10.0.0.5:30001", 2);
    FakeSource phone_rtcp("198.51.100.7:40777", 1), stranger("198.51.100.7:40778", 9);
    CHECK(rig.rtcp(phone_rtcp, kPlainRtcp) == "dropped");
    for (int i = 0; i < 5; ++i)
        rig.rtp(phone, kPlain);
    CHECK(rig.rtcp(stranger, kPlainRtcp) == "dropped");
    CHECK(rig.rtcp(phone_rtcp, kPlainRtcp) == "10.0.0.5:30001 from 1");
    CHECK(rig.rtcp(pbx_rtcp, kPlainRtcp) == "198.51.100.7:40777 from 1");

    const auto secure = plan(true, "10.0.0.5:30010");
    rig.apply(2, secure);
    auto srtcp = phone_of(secure, "198.51.100.7:45001", 3);
    CHECK(rig.rtcp(srtcp, kSecureRtcp) == "10.0.0.5:30011 from 1");
    FakeSource forged("198.51.100.7:45001", 3);
    CHECK(rig.rtcp(forged, kSecureRtcp) == "dropped");
    const auto stats = rig.relay.stats(2).at(0);
    CHECK(stats.rtcp_from_phone.packets == 1);
    CHECK(stats.rtcp_from_phone.auth_failed == 1);
}

TEST_CASE("with rtcp-mux, RTCP shares RTP's port on that side alone (RFC 5761)") {
    Rig rig;
    auto call = plan(true, "10.0.0.5:30000", "198.51.100.7:4000");
    LegPlan& leg = call.leg(kPhone);
    leg.rtcp_mux = true;
    leg.local.rtcp = leg.local.rtp;
    leg.rtcp = leg.rtp;
    rig.apply(1, call);
    auto phone = phone_of(call, "198.51.100.7:4000");
    CHECK(rig.rtp(phone, kSecure) == kToPbx);
    CHECK(rig.rtcp(phone, kSecure) == "10.0.0.5:30001 from 1");
    FakeSource pbx_rtcp("10.0.0.5:30001", 2);
    CHECK(rig.rtcp(pbx_rtcp, kPlainRtcp) == "198.51.100.7:4000 from 2");
    FakeSource pbx("10.0.0.5:30000", 2);
    CHECK(rig.rtcp(pbx, kPlain) == "dropped"); // not agreed there
}

TEST_CASE("of several forks the newest answer, or the selected one, has the trunk side: proves SBC-RTP-14") {
    Rig rig;
    const auto one = plan(false, "10.0.0.5:30000", "198.51.100.7:4000", "198.51.100.7:61000");
    const auto two = plan(false, "10.0.0.5:30000", "198.51.100.8:4000", "198.51.100.8:61000");
    FakeSource pbx("10.0.0.5:30000", 9), phone_one("198.51.100.7:4000", 1), phone_two("198.51.100.8:4000", 2);
    rig.apply(1, one);
    CHECK(rig.rtp(phone_one, kPlain) == kToPbx);
    rig.apply(1, one, false);
    rig.apply(2, two, true);
    CHECK(rig.rtp(phone_one, kPlain) == "dropped");
    CHECK(rig.rtp(phone_two, kPlain) == kToPbx);
    CHECK(rig.rtp(pbx, kPlain) == "198.51.100.8:4000 from 0");
    rig.apply(2, two, false);
    rig.apply(1, one, true);
    CHECK(rig.rtp(pbx, kPlain) == "198.51.100.7:4000 from 0");
    CHECK(rig.rtp(phone_one, kPlain) == kToPbx);
    CHECK(rig.rtp(phone_two, kPlain) == "dropped");
    rig.relay.close(2, rig.wire.now);
    CHECK(rig.rtp(pbx, kPlain) == "198.51.100.7:4000 from 0");
}

TEST_CASE("on hold by c=0.0.0.0 nothing is sent there; resumed, the old address still serves") {
    Rig rig;
    auto call = plan(false);
    rig.apply(1, call);
    FakeSource phone("198.51.100.7:40001", 1), pbx("10.0.0.5:30000", 2);
    for (int i = 0; i < 5; ++i)
        rig.rtp(phone, kPlain);
    auto held = call;
    held.leg(kPhone).rtp = held.leg(kPhone).rtcp = {};
    rig.apply(1, held);
    CHECK(rig.rtp(pbx, kPlain) == "dropped");
    CHECK(rig.rtp(phone, kPlain) == kToPbx);
    rig.apply(1, call);
    CHECK(rig.rtp(pbx, kPlain) == "198.51.100.7:40001 from 0");
}

TEST_CASE("a re-INVITE that names another address moves a plain stream there, and not late packets back") {
    Rig rig;
    auto call = plan(false, "10.0.0.5:30000", "198.51.100.7:4000");
    rig.apply(1, call);
    FakeSource before("198.51.100.7:4000", 1), after("198.51.100.7:4100", 1), pbx("10.0.0.5:30000", 2);
    CHECK(rig.rtp(before, kPlain) == kToPbx);
    call.leg(kPhone).rtp = at("198.51.100.7:4100");
    rig.apply(1, call);
    CHECK(rig.rtp(before, kPlain) == kToPbx);
    CHECK(rig.rtp(pbx, kPlain) == "198.51.100.7:4100 from 0");
    CHECK(rig.rtp(after, kPlain) == kToPbx);
    CHECK(rig.rtp(before, kPlain) == "dropped");
    CHECK(rig.rtp(pbx, kPlain) == "198.51.100.7:4100 from 0");
}

TEST_CASE("the PBX may move its end by SDP (call picked up elsewhere, direct media)") {
    Rig rig;
    auto call = plan(false, "10.0.0.5:30000", "198.51.100.7:4000");
    rig.apply(1, call);
    FakeSource phone("198.51.100.7:4000", 1), media_server("10.0.0.9:7000", 3), old("10.0.0.5:30000", 2);
    CHECK(rig.rtp(phone, kPlain) == kToPbx);
    call.leg(kTrunk).rtp = at("10.0.0.9:7000");
    rig.apply(1, call);
    CHECK(rig.rtp(phone, kPlain) == "10.0.0.9:7000 from 0");
    CHECK(rig.rtp(media_server, kPlain) == "198.51.100.7:4000 from 0");
    CHECK(rig.rtp(old, kPlain) == "dropped");
}

TEST_CASE("a peer that sends ever new SSRCs is held to a number of them") {
    Rig rig;
    const auto call = plan(true);
    rig.apply(1, call);
    std::size_t passed = 0;
    for (std::uint32_t ssrc = 1; ssrc <= 100; ++ssrc) {
        auto phone = phone_of(call, "198.51.100.7:40001", ssrc);
        passed += rig.rtp(phone, kSecure) == kToPbx ? 1 : 0;
    }
    CHECK(passed == SsrcSet::kMost);
}

TEST_CASE("silence is reported after the timeout, again after another, and not on hold") {
    Rig rig;
    auto call = plan(false, "10.0.0.5:30000", "198.51.100.7:4000");
    rig.apply(1, call);
    FakeSource phone("198.51.100.7:4000", 1);
    rig.wire.now += 59s;
    CHECK(rig.relay.tick(rig.wire.now).empty());
    rig.rtp(phone, kPlain);
    rig.wire.now += 59s;
    CHECK(rig.relay.tick(rig.wire.now).empty());
    rig.wire.now += 2s;
    CHECK(rig.relay.tick(rig.wire.now) == std::vector<MediaId>{1});
    CHECK(rig.relay.tick(rig.wire.now).empty());
    rig.wire.now += 60s;
    CHECK(rig.relay.tick(rig.wire.now) == std::vector<MediaId>{1});
    call.two_way = false;
    rig.apply(1, call);
    rig.wire.now += 600s;
    CHECK(rig.relay.tick(rig.wire.now).empty());
}

TEST_CASE("strangers cost a bounded amount, and those who belong still get in") {
    Rig rig;
    const auto call = plan(true);
    rig.apply(1, call);
    FakeSource sprayer("198.51.100.66:1000", 666);
    for (int i = 0; i < 10'000; ++i)
        rig.rtp(sprayer, kSecure);
    auto phone = phone_of(call, "198.51.100.7:40001");
    CHECK(rig.rtp(phone, kSecure) == kToPbx);
}

TEST_CASE("what is not RTP goes nowhere") {
    Rig rig;
    rig.apply(1, plan(false, "10.0.0.5:30000", "198.51.100.7:4000"));
    const auto from = at("198.51.100.7:4000");
    FakeSource phone("198.51.100.7:4000", 1);
    for (const Bytes& junk :
         {Bytes{}, Bytes{0x80}, Bytes(11, 0x80), Bytes(40, 0x00), Bytes(40, 0x16),
          Bytes{0x8f, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1},                       // 15 CSRCs, none there
          Bytes{0x90, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0xff, 0xff, 0}}) // long extension
        CHECK(rig.wire.deliver(kPlain, from, junk) == "dropped");
    CHECK(rig.wire.deliver(kPlainRtcp, from, phone.rtp()) == "dropped");
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "fakes/fake_wire.h"

using namespace wakeline;
using namespace wakeline::media;
using namespace std::chrono_literals;
using test::at;
using test::FakeSource;

namespace {

std::atomic<std::size_t> allocations{0};

} // namespace

// Of the whole test program. What is allocated by C libraries is not counted.
[[gnu::noinline]] void* operator new(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* place = std::malloc(size > 0 ? size : 1)) return place;
    throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    allocations.fetch_add(1, std::memory_order_relaxed);
    return std::malloc(size > 0 ? size : 1);
}
[[gnu::noinline]] void operator delete(void* place) noexcept { std::free(place); }
[[gnu::noinline]] void operator delete(void* place, std::size_t) noexcept { std::free(place); }

namespace {

constexpr SocketId kPlain = 0, kSecure = 2;
constexpr unsigned kCalls = 200;

/// Calls of SRTP phones with a PBX, each at an address that its SDP names.
struct Calls {
    Calls()
        : relay(test::srtp_library(), media_metrics,
                {.forbidden = [](const net::SocketAddress&) { return false; },
                 .rtcp_sockets = {false, true, false, true}}),
          wire(relay) {
        for (unsigned call = 0; call < kCalls; ++call) {
            const auto port = std::to_string(20'000 + 2 * call);
            phones.emplace_back("198.51.100.7:" + port, 2 * call + 1);
            pbx.emplace_back("10.0.0.5:" + port, 2 * call + 2);
            const auto plan = plan_of(call);
            phones.back().protect_with(*plan.leg(MediaSide::Phone).receive);
            REQUIRE(relay.apply(call + 1, {plan}, true, wire.now).has_value());
        }
    }
    StreamPlan plan_of(unsigned call) const {
        StreamPlan plan;
        plan.payloads = {{8, 8'000, "PCMA/8000"}};
        LegPlan& phone = plan.leg(MediaSide::Phone);
        phone.local = {.rtp = kSecure, .rtcp = 3, .told = {}};
        phone.rtp = phone.signalling = phones[call].address;
        phone.receive = SrtpKey::random(SrtpSuite::AesCm128Sha1_80, true);
        phone.send = SrtpKey::random(SrtpSuite::AesCm128Sha1_80, true);
        LegPlan& trunk = plan.leg(MediaSide::Trunk);
        trunk.local = {.rtp = kPlain, .rtcp = 1, .told = {}};
        trunk.rtp = trunk.signalling = pbx[call].address;
        trunk.trusted = true;
        return plan;
    }

    Metrics metrics;
    MediaMetrics media_metrics{metrics};
    Relay relay;
    test::FakeWire wire;
    std::vector<FakeSource> phones, pbx;
};

} // namespace

TEST_SUITE_BEGIN("media/relay_load");

TEST_CASE("a packet of a stream that is up allocates nothing") {
    Calls calls;
    std::vector<std::pair<SocketId, Bytes>> data;
    std::vector<std::array<std::uint8_t, 2'048>> rooms(2 * kCalls);
    std::vector<Packet> packets(2 * kCalls);
    const auto fill = [&] {
        for (unsigned i = 0; i < 2 * kCalls; ++i) {
            FakeSource& source = i % 2 == 0 ? calls.phones[i / 2] : calls.pbx[i / 2];
            const Bytes sent = source.rtp();
            std::copy(sent.begin(), sent.end(), rooms[i].begin());
            packets[i].room = rooms[i];
            packets[i].size = sent.size();
            packets[i].from_socket = i % 2 == 0 ? kSecure : kPlain;
            std::memcpy(&packets[i].from, source.address.sa(), source.address.size());
        }
    };
    fill();
    calls.relay.process(packets, calls.wire.now); // the first of each SSRC
    fill();
    const auto before = allocations.load();
    calls.relay.process(packets, calls.wire.now + 20ms);
    CHECK(allocations.load() == before);
    for (const Packet& packet : packets)
        CHECK(packet.to != nullptr);
}

TEST_CASE("a spray of forged packets during 200 calls loses none of theirs and moves no stream: scenario 47, "
          "proves SBC-RTP-07") {
    Calls calls;
    for (unsigned call = 0; call < kCalls; ++call) {
        calls.wire.deliver(kSecure, calls.phones[call].address, calls.phones[call].rtp());
        calls.wire.deliver(kPlain, calls.pbx[call].address, calls.pbx[call].rtp());
    }
    std::uint32_t chance = 1;
    const auto random = [&chance] { return chance = chance * 1'664'525u + 1'013'904'223u; };
    std::size_t lost = 0, relayed_forgeries = 0;
    for (int frame = 0; frame < 10; ++frame)
        for (unsigned call = 0; call < kCalls; ++call) {
            for (int forged = 0; forged < 5; ++forged) { // 50,000 a second
                // From anywhere, and every third from a phone's own address.
                const auto host = random(), victim = random() >> 16;
                const auto anywhere =
                    at("198.18." + std::to_string(host >> 24) + "." + std::to_string(host >> 16 & 0xff) +
                       ":" + std::to_string(1'024 + (host & 0x7fff)));
                FakeSource sprayer("198.51.100.66:1000", forged == 0 ? 2 * (victim % kCalls) + 1 : random());
                const auto& from = forged % 3 == 0 ? calls.phones[victim % kCalls].address : anywhere;
                relayed_forgeries += calls.wire.deliver(kSecure, from, sprayer.rtp()) != "dropped" ? 1 : 0;
                relayed_forgeries += calls.wire.deliver(kPlain, anywhere, sprayer.rtp()) != "dropped" ? 1 : 0;
            }
            const auto& phone = calls.phones[call].address;
            const auto& pbx = calls.pbx[call].address;
            lost += calls.wire.deliver(kSecure, phone, calls.phones[call].rtp()) != pbx.str() + " from 0";
            lost += calls.wire.deliver(kPlain, pbx, calls.pbx[call].rtp()) != phone.str() + " from 2";
            calls.wire.now += 100us;
        }
    CHECK(lost == 0);
    CHECK(relayed_forgeries == 0);
    CHECK(calls.media_metrics.moved.value() == 0);
}

TEST_SUITE_END();

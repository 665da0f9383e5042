// SPDX-License-Identifier: Apache-2.0
#include "media/reception.h"

#include <doctest/doctest.h>

using namespace wakeline;
using namespace wakeline::media;
using namespace std::chrono_literals;

namespace {

struct Arrivals {
    void packet(std::uint16_t sequence, std::uint32_t timestamp, net::Duration at, std::uint32_t ssrc = 1) {
        reception.packet({8, sequence, timestamp, ssrc}, 172, 8'000, net::TimePoint{} + 100s + at);
    }
    Reception reception;
};

} // namespace

TEST_SUITE_BEGIN("media/reception");

TEST_CASE("packets in order lose nothing, over the wrap of the sequence number too") {
    Arrivals a;
    for (std::uint32_t i = 0; i < 100; ++i)
        a.packet(static_cast<std::uint16_t>(65'500 + i), 160 * i, i * 20ms);
    const auto stats = a.reception.stats();
    CHECK(stats.packets == 100);
    CHECK(stats.octets == 17'200);
    CHECK(stats.lost == 0);
    CHECK(stats.jitter_ms == doctest::Approx(0));
}

TEST_CASE("gaps are counted as lost, and late packets take it back") {
    Arrivals a;
    a.packet(10, 0, 0ms);
    a.packet(14, 640, 80ms);
    CHECK(a.reception.stats().lost == 3);
    a.packet(12, 320, 90ms);
    CHECK(a.reception.stats().lost == 2);
    a.packet(9, 0, 95ms); // before the first: no loss, no gain
    CHECK(a.reception.stats().lost == 1);
}

TEST_CASE("another SSRC or a leap begins anew without inventing loss") {
    Arrivals a;
    a.packet(10, 0, 0ms);
    a.packet(12, 320, 40ms);
    a.packet(50'000, 0, 60ms, 2);
    a.packet(50'001, 160, 80ms, 2);
    a.packet(20'000, 320, 100ms, 2);
    CHECK(a.reception.stats().lost == 1);
    CHECK(a.reception.ssrc() == 2);
}

TEST_CASE("jitter follows RFC 3550 section 6.4.1") {
    Arrivals a;
    a.packet(1, 0, 0ms);
    a.packet(2, 160, 36ms); // 16 ms late
    CHECK(a.reception.stats().jitter_ms == doctest::Approx(1.0));
    a.packet(3, 320, 56ms);
    CHECK(a.reception.stats().jitter_ms == doctest::Approx(1.0 - 1.0 / 16));
}

TEST_SUITE_END();

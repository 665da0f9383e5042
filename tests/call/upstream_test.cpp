// SPDX-License-Identifier: Apache-2.0
#include "call/upstream.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "call/codec_cost.h"

using namespace wakeline;
using namespace wakeline::call;

namespace {

std::string audio(const std::string& types, const std::string& more = {}) {
    return "v=0\r\nm=audio 4000 RTP/AVP " + types + "\r\n" + more;
}

} // namespace

TEST_SUITE_BEGIN("call/upstream");

TEST_CASE("a call costs its payload and 48 octets a packet (proves: UP-08)") {
    CHECK(cost_of_offer(audio("8")) == 83'200);
    CHECK(cost_of_offer({}) == 83'200);
    CHECK(cost_of_answer(audio("18")) == 27'200);
    CHECK(cost_of_answer(audio("18", "a=ptime:40\r\n")) == 17'600);
    CHECK(cost_of_answer(audio("96", "a=rtpmap:96 opus/48000/2\r\n")) == 59'200);
    CHECK(cost_of_answer(audio("97", "a=rtpmap:97 nobody-knows/8000\r\n")) == 83'200);
    CHECK(cost_of_answer("v=0\r\nm=audio 0 RTP/AVP 8\r\n") == 0);
}

TEST_CASE("an offer costs its dearest codec, an answer its first; tones are none") {
    const std::string both = audio("101 18 8 101", "a=rtpmap:101 telephone-event/8000\r\n");
    CHECK(cost_of_offer(both) == 83'200);
    CHECK(cost_of_answer(both) == 27'200);
}

TEST_CASE("video costs what its SDP allows") {
    CHECK(cost_of_answer(audio("8") + "m=video 4002 RTP/AVP 96\r\nb=AS:500\r\n") == 583'200);
    CHECK(cost_of_answer(audio("8") + "m=video 4002 RTP/AVP 96\r\n") == 467'200);
    CHECK(cost_of_answer(audio("8") + "m=video 0 RTP/AVP 96\r\n") == 83'200);
}

TEST_CASE(
    "a line of 1000 kbit/s takes twelve calls with G.711, and one more for an emergency (proves: UP-08)") {
    Metrics metrics;
    Upstream line(metrics);
    line.configure(1'000);
    std::vector<Upstream::Share> calls;
    while (auto share = line.take(83'200, 1, false))
        calls.push_back(*std::move(share));
    CHECK(calls.size() == 12);
    {
        auto emergency = line.take(83'200, 1, true);
        CHECK(emergency);
        CHECK(line.in_use() == 13 * 83'200);
    }
    CHECK_FALSE(line.take(83'200, 1, false));
    calls.front().settle(27'200); // it became G.729
    CHECK(line.in_use() == 11 * 83'200 + 27'200);
    calls.clear();
    CHECK(line.in_use() == 0);
}

TEST_CASE("a call with both legs on the line counts twice") {
    Metrics metrics;
    Upstream line(metrics);
    line.configure(100);
    CHECK_FALSE(line.take(83'200, 2, false));
    CHECK(line.take(83'200, 1, false));
}

TEST_SUITE_END();

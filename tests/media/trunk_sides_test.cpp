// SPDX-License-Identifier: Apache-2.0
#include "media/trunk_sides.h"

#include <doctest/doctest.h>

using namespace wakeline;
using namespace wakeline::media;

namespace {

TrunkSide side(std::string_view address) { return {*net::SocketAddress::parse(address), 0}; }
const TrunkSide kAudio = side("10.0.0.5:30000"), kVideo = side("10.0.0.5:30002"),
                kOther = side("10.0.0.5:40000");

using Ids = std::vector<MediaId>;

} // namespace

TEST_SUITE_BEGIN("media/trunk_sides");

TEST_CASE("the newest fork has the trunk side, and a selected one takes it back") {
    TrunkSides sides;
    CHECK(sides.take(1, {kAudio}).empty());
    CHECK(sides.take(2, {kAudio}) == Ids{1});
    CHECK_FALSE(sides.has(1));
    CHECK(sides.has(2));
    CHECK(sides.take(1, {kAudio}) == Ids{2});
    CHECK(sides.has(1));
}

TEST_CASE("a fork that ends leaves its side to the one before it") {
    TrunkSides sides;
    sides.take(1, {kAudio, kVideo});
    sides.take(2, {kAudio, kVideo});
    sides.take(3, {kAudio});
    CHECK(sides.leave(2) == Ids{1}); // the video; the audio is the third's
    CHECK_FALSE(sides.has(1));
    CHECK(sides.leave(3) == Ids{1});
    CHECK(sides.has(1));
    CHECK(sides.leave(1).empty());
    CHECK_FALSE(sides.has(1));
}

TEST_CASE("calls that share nothing do not touch each other") {
    TrunkSides sides;
    CHECK(sides.take(1, {kAudio}).empty());
    CHECK(sides.take(2, {kOther}).empty());
    CHECK(sides.take(3, {{kAudio.address, 7}}).empty()); // one of our own sessions behind the same address
    CHECK(sides.has(1));
    CHECK(sides.has(2));
    CHECK(sides.has(3));
    CHECK(sides.take(1, {kAudio}).empty()); // a re-INVITE
    CHECK(sides.leave(4).empty());
}

TEST_SUITE_END();

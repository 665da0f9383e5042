// SPDX-License-Identifier: Apache-2.0
#include "call/call_play.h"

#include <random>

using namespace wakeline;

TEST_SUITE_BEGIN("call/call_play");

TEST_CASE("whatever the peers do, in whatever order, every call ends and nothing is left of it") {
    for (unsigned seed = 1; seed <= 150; ++seed) { // tests/fuzz/calls_fuzz.cpp searches further
        std::mt19937 random(seed);
        std::vector<std::uint8_t> script(200);
        for (auto& octet : script)
            octet = static_cast<std::uint8_t>(random());
        INFO("seed " << seed);
        test::CallPlay(seed % 3 == 0).play(script);
    }
}

TEST_SUITE_END();

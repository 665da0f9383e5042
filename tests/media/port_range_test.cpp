// SPDX-License-Identifier: Apache-2.0
#include "media/port_range.h"

#include <doctest/doctest.h>

#include "fakes/fake_timers.h"

using namespace wakeline;
using namespace wakeline::media;
using namespace std::chrono_literals;

namespace {

std::string bounds(std::string_view text) {
    const auto parsed = PortRange::Bounds::parse(text);
    return parsed ? std::to_string(parsed->low) + "-" + std::to_string(parsed->high) : "refused";
}

} // namespace

TEST_SUITE_BEGIN("media/port_range");

TEST_CASE("a range is cut to whole pairs, even port first") {
    CHECK(bounds("10000-19999") == "10000-19999");
    CHECK(bounds("10001-20000") == "10002-19999");
    CHECK(bounds("10000-10001") == "10000-10001");
    for (const char* bad : {"", "shared?", "10000", "10000-", "-5", "0-10", "10001-10002", "20000-10000",
                            "1-65536", "1-2-3", "65535-65535"})
        CHECK(bounds(bad) == "refused");
}

TEST_SUITE_END();

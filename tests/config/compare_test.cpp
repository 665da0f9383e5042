// SPDX-License-Identifier: Apache-2.0
#include "config/compare.h"

#include <doctest/doctest.h>

// proves: SBC-OPS-03

using namespace wakeline;
using namespace wakeline::config;
using namespace std::chrono_literals;
using Paths = std::vector<std::string>;

TEST_CASE("equal configurations differ in nothing") {
    const Difference none = compare(Config{}, Config{});
    CHECK(none.live.empty());
    CHECK(none.restart.empty());
}

TEST_CASE("each changed setting is named, as applied by a reload or waiting for a restart") {
    Config before, after;
    after.push.hold = 20s;
    after.log.level = LogLevel::Max;
    after.node = "other";
    after.media.srtp.suites.pop_back();
    after.access.listeners.emplace_back();
    before.trunks["pbx"].local = "1";
    after.trunks["pbx"].local = "2";
    before.push.apps["gone"];
    after.push.apps["new"];
    const Difference found = compare(before, after);
    CHECK(found.live == Paths{"push.hold", "push.apps.gone", "push.apps.new", "log.level"});
    CHECK(found.restart == Paths{"node", "access.listeners", "media.srtp.suites", "trunks.pbx.local"});
}

TEST_CASE("certificates change live: their entries and their settings") {
    Config before, after;
    before.certificates["a"].chain = "/old";
    after.certificates["a"].chain = "/new";
    after.certificates["b"].chain = "/b";
    CHECK(compare(before, after).live == Paths{"certificates.a.chain", "certificates.b"});
}

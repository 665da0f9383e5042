// SPDX-License-Identifier: Apache-2.0
#include "call/sqlite_usage_store.h"

#include <doctest/doctest.h>

#include "fakes/temporary_directory.h"

using namespace wakeline;
using namespace std::chrono_literals;
using call::SqliteUsageStore;
using call::Usage;

namespace {

constexpr net::WallTime kNoon = std::chrono::sys_days{std::chrono::year{2026} / 3 / 10} + 12h;

struct Fixture {
    std::vector<Usage> find(net::WallTime from, net::WallTime to) {
        std::vector<Usage> slots;
        store.find(from, to, [&](Result<std::vector<Usage>> found) {
            REQUIRE(found);
            slots = *std::move(found);
            loop.stop();
        });
        loop.run();
        return slots;
    }

    test::TemporaryDirectory directory;
    NullSink sink;
    Log log{sink};
    net::EventLoop loop;
    net::Mailbox mailbox{loop};
    store::Worker worker{*store::Sqlite::open(directory.file("w.db")), mailbox};
    SqliteUsageStore store{worker, log};
};

} // namespace

TEST_SUITE_BEGIN("call/sqlite_usage_store");

TEST_CASE_FIXTURE(Fixture, "a slot that is written again keeps the larger maximum and the sum of refusals") {
    REQUIRE(store.open(kNoon)); // proves: SBC-LIC-04
    store.put({{kNoon, "calls", 8, 1}, {kNoon, "numbers", 5, 0}});
    store.put({{kNoon, "calls", 6, 2}}); // after a restart
    store.put({{kNoon + 5min, "calls", 1, 0}});
    CHECK(find(kNoon, kNoon + 1h) == std::vector<Usage>{{kNoon, "calls", 8, 3},
                                                        {kNoon, "numbers", 5, 0},
                                                        {kNoon + 5min, "calls", 1, 0}});
    CHECK(find(kNoon + 1min, kNoon + 5min).empty());
}

TEST_CASE_FIXTURE(Fixture, "what is older than it is kept for goes, and the next start reads the rest") {
    REQUIRE(store.open(kNoon)); // proves: SBC-LIC-03
    store.put({{kNoon - 24h, "calls", 1, 0}, {kNoon, "calls", 2, 0}});
    store.forget_before(kNoon - 1h);
    find(kNoon, kNoon); // the writes are done
    const auto kept = store.open(kNoon - 48h);
    REQUIRE(kept);
    CHECK(*kept == std::vector<Usage>{{kNoon, "calls", 2, 0}});
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include "daemon/watchdog.h"

#include <doctest/doctest.h>

#include "fakes/fake_timers.h"

using namespace wakeline;
using namespace std::chrono_literals;

namespace {

struct Site {
    struct Lines final : Log::Sink {
        void write(Severity, std::string_view line) override { all += std::string(line) + '\n'; }
        std::string all;
    };
    test::FakeTimers timers;
    Lines lines;
    Log log{lines};
    int meals = 0;
    std::vector<net::Mailbox::Letter> letters;
    daemon::Watchdog watchdog{timers, log, [this] { ++meals; }};

    void answer() {
        for (net::Mailbox::Letter& letter : std::exchange(letters, {}))
            letter();
    }
};

} // namespace

TEST_CASE_FIXTURE(Site, "the watchdog is fed at once, and then at each interval") {
    watchdog.start(10s);
    CHECK(meals == 1);
    timers.advance(20s);
    CHECK(meals == 3);
}

TEST_CASE_FIXTURE(Site, "a thread that does not answer keeps the watchdog hungry until it answers again") {
    watchdog.watch("media", [this](net::Mailbox::Letter letter) { letters.push_back(std::move(letter)); });
    watchdog.start(10s);
    answer();
    timers.advance(10s);
    CHECK(meals == 2);
    timers.advance(50s);
    CHECK(meals == 2);
    CHECK(letters.size() == 1);
    CHECK(lines.all == "a thread hangs: the service manager will restart the daemon thread=media\n");
    answer();
    timers.advance(10s);
    CHECK(meals == 3);
}

// SPDX-License-Identifier: Apache-2.0
#include "push/alarm.h"

#include <doctest/doctest.h>

#include <vector>

#include "fakes/fake_timers.h"
#include "push/back_off.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::push;

namespace {

struct LineSink final : Log::Sink {
    std::vector<std::string> lines;
    void write(Severity, std::string_view line) override { lines.emplace_back(line); }
};

} // namespace

TEST_SUITE_BEGIN("push/alarm");

TEST_CASE("a burst of one error is one line a minute, another reason one more, and the end is told") {
    test::FakeTimers clock;
    LineSink sink;
    Log log(sink);
    Alarm alarm(log, clock, "ios");
    for (int i = 0; i < 100; ++i)
        alarm.raise("Apple refuses our pushes", "InvalidProviderToken", "check key_id");
    REQUIRE(sink.lines.size() == 1);
    CHECK(sink.lines[0] ==
          "Apple refuses our pushes app=ios reason=InvalidProviderToken do=\"check key_id\" repeated=0");
    alarm.raise("Apple refuses our pushes", "Forbidden", "x");
    CHECK(sink.lines.size() == 2);
    alarm.raise("Apple refuses our pushes", "Forbidden", "x");
    clock.advance(1min);
    alarm.raise("Apple refuses our pushes", "Forbidden", "x");
    REQUIRE(sink.lines.size() == 3);
    CHECK(sink.lines[2].ends_with("repeated=1"));
    CHECK(alarm.reason() == "Forbidden");
    alarm.clear();
    alarm.clear();
    CHECK(sink.lines.size() == 4);
    CHECK(alarm.reason().empty());
}

TEST_CASE("a pause holds for its key and its time") {
    test::FakeTimers clock;
    BackOff pauses(clock);
    pauses.hold("a", 10s);
    CHECK(pauses.active("a"));
    CHECK_FALSE(pauses.active("b"));
    clock.advance(10s);
    CHECK_FALSE(pauses.active("a"));
}

TEST_CASE("pauses are bounded, and those that are over make room") {
    test::FakeTimers clock;
    BackOff pauses(clock);
    for (int i = 0; i < 10'000; ++i)
        pauses.hold(std::to_string(i), 10s);
    pauses.hold("one more", 10s);
    CHECK_FALSE(pauses.active("one more"));
    clock.advance(11s);
    pauses.hold("later", 10s);
    CHECK(pauses.active("later"));
}

TEST_SUITE_END();

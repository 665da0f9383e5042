// SPDX-License-Identifier: Apache-2.0
#include "net/event_loop.h"

#include <doctest/doctest.h>

#include <sys/socket.h>

#include <csignal>
#include <memory>
#include <string>

#include "net/deferred.h"
#include "net/fd.h"
#include "net/fd_watch.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::net;

TEST_SUITE_BEGIN("net/event_loop");

TEST_CASE("timers run in time order and a destroyed timer does not run") {
    EventLoop loop;
    std::string order;
    Timer late(loop), early(loop);
    auto gone = std::make_unique<Timer>(loop);
    late.arm(20ms, [&] { order += "late"; });
    early.arm(5ms, [&] { order += "early "; });
    gone->arm(1ms, [&] { order += "never "; });
    gone.reset();
    loop.run();
    CHECK(order == "early late");
}

TEST_CASE("a callback may re-arm its own timer, or destroy it") {
    EventLoop loop;
    int runs = 0;
    auto timer = std::make_unique<Timer>(loop);
    std::function<void()> again = [&] {
        if (++runs < 3)
            timer->arm(1ms, again);
        else
            timer.reset();
    };
    timer->arm(1ms, again);
    loop.run();
    CHECK(runs == 3);
}

TEST_CASE("deferred calls run at the end of the turn, and theirs a turn later") {
    EventLoop loop;
    std::string order;
    loop.defer([&] {
        order += "first ";
        loop.defer([&] { order += "third"; });
    });
    loop.defer([&] { order += "second "; });
    CHECK(order.empty());
    loop.run();
    CHECK(order == "first second third");
}

TEST_CASE("a destroyed Deferred does not run, even in its own turn") {
    EventLoop loop;
    int runs = 0;
    auto first = std::make_unique<Deferred>(loop);
    auto second = std::make_unique<Deferred>(loop);
    auto third = std::make_unique<Deferred>(loop);
    first->arm([&] {
        ++runs;
        second.reset();
    });
    second->arm([&] { runs += 10; });
    third->arm([&] { runs += 100; });
    third.reset();
    loop.run();
    CHECK(runs == 1);
}

TEST_CASE("what is deferred for deletion dies after the turn, not in it") {
    EventLoop loop;
    struct Last {
        bool& gone;
        explicit Last(bool& g) : gone(g) {}
        ~Last() { gone = true; }
    };
    bool gone = false, gone_in_callback = true;
    Timer timer(loop);
    timer.arm(0ms, [&] {
        loop.defer_delete(std::make_unique<Last>(gone));
        loop.defer([&] { gone_in_callback = gone; });
    });
    loop.run();
    CHECK_FALSE(gone_in_callback);
    CHECK(gone);
}

TEST_CASE("stop ends the run although timers wait, and a later run goes on") {
    EventLoop loop;
    Timer stop(loop), later(loop);
    bool ran = false;
    stop.arm(0ms, [&] { loop.stop(); });
    later.arm(1ms, [&] { ran = true; });
    loop.run();
    CHECK_FALSE(ran);
    loop.run();
    CHECK(ran);
}

TEST_CASE("a signal is called back on the loop") {
    EventLoop loop;
    bool seen = false;
    loop.on_signal(SIGUSR1, [&] {
        seen = true;
        loop.stop();
    });
    Timer raise(loop);
    raise.arm(0ms, [] { std::raise(SIGUSR1); });
    loop.run();
    CHECK(seen);
}

TEST_CASE("a descriptor is watched in both directions, and its watch may die in its callback") {
    EventLoop loop;
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
    const Fd near(ends[0]), far(ends[1]);
    std::string seen;
    std::unique_ptr<FdWatch> watch;
    watch = std::make_unique<FdWatch>(loop, near.get(), [&](Readiness ready) {
        if (ready.writable) {
            seen += "w";
            watch->want({.readable = true});
            REQUIRE(write(far.get(), "x", 1) == 1);
        }
        if (ready.readable) {
            seen += "r";
            watch.reset();
        }
    });
    watch->want({.readable = true, .writable = true});
    loop.run();
    CHECK(seen == "wr");
}

TEST_CASE("a callback that holds the loop is logged at debug") {
    struct Lines final : Log::Sink {
        std::string text;
        void write(Severity, std::string_view line) override { text += line; }
    } lines;
    Log log(lines, LogLevel::Max);
    EventLoop loop;
    loop.report_slow_callbacks(log, 1ns);
    Timer timer(loop);
    timer.arm(0ms, [] {});
    loop.run();
    CHECK(lines.text == "a callback held the event loop kind=timer ms=0");
}

TEST_SUITE_END();

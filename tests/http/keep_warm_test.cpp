// SPDX-License-Identifier: Apache-2.0
#include "http/keep_warm.h"

#include <doctest/doctest.h>

#include "fakes/fake_http.h"
#include "fakes/fake_timers.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::http;

namespace {

struct Fixture {
    test::FakeTimers timers;
    test::FakeHttp http;
    bool able = true;
    std::vector<int> answered;
    KeepWarm warm{timers, http,
                  [this]() -> std::optional<Request> {
                      if (!able) return std::nullopt;
                      return Request{};
                  },
                  [this](const Response& response) { answered.push_back(response.status); }};

    Fixture() { http.now.connections = 0; }
    void answer(int status = 400) {
        http.now.connections = 1;
        http.answer(http.last().id, status);
    }
    void lose() {
        http.now.connections = 0;
        http.events.lost();
    }
};

} // namespace

TEST_SUITE_BEGIN("http/keep_warm");

TEST_CASE_FIXTURE(Fixture, "the connection is opened at the start, before anybody needs it") {
    CHECK(http.asked.empty());
    timers.advance(0s);
    CHECK(http.asked.size() == 1);
    answer();
    CHECK(answered == std::vector{400});
}

TEST_CASE_FIXTURE(Fixture, "each failure doubles the pause, up to a minute") {
    timers.advance(0s);
    for (const auto pause : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
        const auto before = http.asked.size();
        http.fail(http.last().id, "refused");
        timers.advance(pause - 1ms);
        CHECK(http.asked.size() == before);
        timers.advance(1ms);
        CHECK(http.asked.size() == before + 1);
    }
}

TEST_CASE_FIXTURE(Fixture, "a lost connection is opened again after a second, unless a request did it") {
    timers.advance(0s);
    answer();
    lose();
    timers.advance(1s);
    CHECK(http.asked.size() == 2);
    answer();
    lose();
    http.now.connections = 1;
    warm.traffic();
    timers.advance(1s);
    CHECK(http.asked.size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "ten minutes of silence are broken, and traffic is no silence") {
    timers.advance(0s);
    answer();
    timers.advance(9min);
    warm.traffic();
    timers.advance(9min);
    CHECK(http.asked.size() == 1);
    timers.advance(1min);
    CHECK(http.asked.size() == 2);
}

TEST_CASE_FIXTURE(
    Fixture, "what the server says on an idle connection is fetched by a probe, but not again and again") {
    timers.advance(0s);
    answer();
    for (int second = 0; second < 599; ++second) {
        http.events.stirred();
        timers.advance(1s);
        if (http.open_count() > 0) answer();
    }
    CHECK(http.asked.size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "a server that closes each connection soon is connected to less and less often") {
    timers.advance(0s);
    answer();
    for (const auto pause : {1s, 2s, 4s, 8s}) {
        const auto before = http.asked.size();
        lose();
        timers.advance(pause - 1ms);
        CHECK(http.asked.size() == before);
        timers.advance(1ms);
        CHECK(http.asked.size() == before + 1);
        answer();
    }
    timers.advance(9min);
    warm.traffic();
    timers.advance(9min);
    lose();
    timers.advance(1s);
    CHECK(http.open_count() == 1);
}

TEST_CASE_FIXTURE(Fixture, "one probe at a time, none while there is nothing to send, and none left behind") {
    able = false;
    timers.advance(0s);
    CHECK(http.asked.empty());
    able = true;
    warm.probe_now();
    warm.probe_now();
    CHECK(http.asked.size() == 1);
    {
        KeepWarm other(
            timers, http, [] { return std::optional(Request{}); }, [](const Response&) {});
        other.probe_now();
    }
    CHECK(http.cancelled.size() == 1);
}

TEST_SUITE_END();

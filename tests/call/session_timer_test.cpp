// SPDX-License-Identifier: Apache-2.0
#include "call/session_timer.h"

#include <doctest/doctest.h>

#include "call/session_expires.h"
#include "fakes/fake_timers.h"

using namespace std::chrono_literals;
using namespace wakeline;
using call::Refresher;
using call::SessionExpires;
using State = call::SessionTimer::State;

namespace {

struct Leg final : call::SessionTimer::Peer {
    bool connected() const override { return here; }
    bool can_be_woken() const override { return wakeable; }
    void refresh() override { asked += "refresh "; }
    void wake() override { asked += "wake "; }
    void expire() override { asked += "expire "; }
    std::string take() { return std::exchange(asked, {}); }

    bool here = true, wakeable = false;
    std::string asked;
};

struct Timed {
    test::FakeTimers timers;
    Leg leg;
    call::SessionTimer timer{timers, leg};
};

} // namespace

TEST_SUITE_BEGIN("call/session_timer");

TEST_CASE_FIXTURE(Timed,
                  "who is to refresh does so at half time, and again after each agreement (RFC 4028 7.2)") {
    timer.agreed(1800s, true);
    timers.advance(899s);
    CHECK(leg.take().empty());
    timers.advance(1s);
    CHECK(leg.take() == "refresh ");
    timer.agreed(1200s, true); // the peer has shortened it
    timers.advance(599s);
    CHECK(leg.take().empty());
    timers.advance(1s);
    CHECK(leg.take() == "refresh ");
}

TEST_CASE_FIXTURE(Timed, "a session that nobody refreshes is hung up shortly before its end (RFC 4028 10)") {
    timer.agreed(1800s, false);
    timers.advance(1767s);
    CHECK(leg.take().empty());
    timers.advance(1s); // 32 s before
    CHECK(leg.take() == "expire ");
    CHECK(timer.state() == State::Over);
    CHECK(timers.pending() == 0);

    Timed brief;
    brief.timer.agreed(90s, false);
    brief.timers.advance(60s); // a third before
    CHECK(brief.leg.take() == "expire ");
}

TEST_CASE_FIXTURE(Timed, "a refresh that is refused is tried again until the session ends") {
    timer.agreed(90s, true);
    timers.advance(45s);
    timer.refused(3s);
    timers.advance(3s);
    CHECK(leg.take() == "refresh refresh ");
    timer.refused(10s);
    timers.advance(20s);
    CHECK(leg.take() == "refresh expire ");
    timer.agreed(90s, true); // too late
    CHECK(timer.state() == State::Over);
}

TEST_CASE_FIXTURE(Timed, "a peer that does not know the dialog any more ends it at once") {
    timer.agreed(90s, true);
    timers.advance(45s);
    timer.lost();
    CHECK(leg.take() == "refresh expire ");
}

TEST_CASE_FIXTURE(Timed, "a phone without a connection is refreshed when it is back") {
    timer.agreed(1800s, true);
    leg.here = false;
    leg.wakeable = true;
    timers.advance(1000s);
    CHECK(leg.take().empty());
    leg.here = true;
    timer.back();
    CHECK(leg.take() == "refresh ");
    timer.agreed(1800s, true);
    CHECK(timer.state() == State::Ours);
}

TEST_CASE_FIXTURE(Timed, "a phone that is still away near the end is woken, and has the rest of the time") {
    for (const bool ours : {true, false}) {
        Timed one;
        one.timer.agreed(1800s, ours);
        one.leg.here = false;
        one.leg.wakeable = true;
        one.timers.advance(1768s);
        CHECK(one.leg.take() == "wake ");
        SUBCASE("it comes") {
            one.leg.here = true;
            one.timer.back();
            CHECK(one.leg.take() == "refresh ");
            one.timer.agreed(1800s, true);
            one.timers.advance(40s);
            CHECK(one.leg.take().empty());
        }
        SUBCASE("it does not") {
            one.timers.advance(31s);
            CHECK(one.leg.take().empty());
            one.timers.advance(1s);
            CHECK(one.leg.take() == "expire ");
        }
        SUBCASE("it cannot be woken") {
            one.timer.lost();
            CHECK(one.leg.take() == "expire ");
        }
    }
}

TEST_CASE_FIXTURE(Timed, "a phone that is away and cannot be woken is given up near the end") {
    timer.agreed(90s, true);
    leg.here = false;
    timers.advance(60s);
    CHECK(leg.take() == "expire ");
}

TEST_CASE("Session-Expires is read as peers write it") {
    CHECK(SessionExpires::parse("1800") == SessionExpires{1800s, std::nullopt});
    CHECK(SessionExpires::parse("1800;refresher=uas") == SessionExpires{1800s, Refresher::Uas});
    CHECK(SessionExpires::parse(" 90 ; Refresher = UAC ;x=y") == SessionExpires{90s, Refresher::Uac});
    CHECK(SessionExpires::parse("1800;refresher")->refresher == std::nullopt);
    CHECK(SessionExpires::parse("1800;refresher=me")->refresher == std::nullopt);
    CHECK(SessionExpires::parse("4294967295")->interval == 604'800s);
    for (const char* wrong : {"", "x", "-1", "4294967296", ";refresher=uac", "1 800"})
        CHECK_FALSE(SessionExpires::parse(wrong));
    CHECK(SessionExpires{600s, Refresher::Uas}.str() == "600;refresher=uas");
}

TEST_SUITE_END();

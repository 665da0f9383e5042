// SPDX-License-Identifier: Apache-2.0
#include "call/call_rig.h"
#include "call/fork.h"

using namespace std::chrono_literals;
using namespace wakeline;
using test::CallRig;
using test::Sent;

TEST_SUITE_BEGIN("call/forking");

TEST_CASE("the first 200 wins, the others are told that the call was completed elsewhere") {
    CallRig rig; // proves: SBC-HOLD-06
    const sip::FlowId one = rig.awake(1, "198.51.100.7:40001"), two = rig.awake(2, "198.51.100.7:40002");
    rig.dial();
    const Sent to_one = rig.take(one, "INVITE "), to_two = rig.take(two, "INVITE ");
    CHECK(to_one.header("Call-ID") != to_two.header("Call-ID"));
    rig.answer(to_one, 180, "one");
    rig.answer(to_two, 180, "two");
    rig.answer_with_sdp(to_two, 200, "two");
    CHECK(rig.take_words(two) == "ACK");
    const Sent cancel = rig.take(one, "CANCEL ");
    CHECK(cancel.header("Reason") == R"(SIP;cause=200;text="Call completed elsewhere")");
    CHECK(rig.take_words(rig.pbx) == "100 180 180 200");

    rig.answer_with_sdp(to_one, 200, "one"); // it crossed the CANCEL
    rig.take(one, "ACK ");
    CHECK(rig.take(one, "BYE ").header("Reason") == R"(SIP;cause=200;text="Call completed elsewhere")");
    CHECK(rig.calls.count() == 1);
    CHECK(rig.media.open_sessions() == 1);
}

TEST_CASE("scenario 25: a device that wakes after another has answered gets nothing") {
    CallRig rig;
    const sip::FlowId awake = rig.awake(1);
    const auto binding = rig.sleeping(2);
    rig.dial();
    CHECK(rig.waker.asked.size() == 1);
    rig.answer_with_sdp(rig.take(awake, "INVITE "), 200);
    CHECK(rig.waker.cancelled.size() == 1);
    const sip::FlowId late = rig.wake(binding, "198.51.100.7:40002");
    CHECK(rig.silent(late));
}

TEST_CASE("scenario 26: a busy device waits for the sleeping one, a 6xx ends the call for all") {
    CallRig rig;
    const sip::FlowId awake = rig.awake(1);
    rig.sleeping(2);
    rig.dial();
    const Sent invite = rig.take(awake, "INVITE ");
    SUBCASE("486") {
        rig.answer(invite, 486);
        CHECK(rig.calls.held() == 1);
        rig.timers.advance(15s);
        CHECK(rig.take_words(rig.pbx) == "100 180 486"); // what the callee said tells more than our 480
    }
    SUBCASE("603") {
        rig.answer(invite, 603);
        CHECK(rig.waker.cancelled.size() == 1);
        CHECK(rig.take_words(rig.pbx) == "100 180 603");
    }
}

TEST_CASE("scenario 26: whose refusal ends the call for all is a setting, and a 6xx is never lost") {
    const auto play = [](call::Declines declines, int status) {
        call::HoldConfig hold;
        hold.declines = declines;
        CallRig rig({.domains = {"example.com"}, .own_addresses = {"10.0.0.4"}, .hold = hold});
        const sip::FlowId awake = rig.awake(1);
        rig.sleeping(2);
        rig.dial();
        rig.answer(rig.take(awake, "INVITE "), status);
        const bool ended = rig.calls.count() == 0;
        rig.timers.advance(15s); // the other one never comes: 480 is not what the caller hears
        CHECK(rig.take_words(rig.pbx).starts_with("100 180 " + std::to_string(status)));
        return ended;
    };
    CHECK(play(call::Declines::ByAnswer, 603));
    CHECK_FALSE(play(call::Declines::ByAnswer, 486));
    CHECK(play(call::Declines::All, 486));
    CHECK(play(call::Declines::All, 603));
    CHECK_FALSE(play(call::Declines::All, 488));
    CHECK_FALSE(play(call::Declines::One, 603));
    CHECK_FALSE(play(call::Declines::One, 486));
}

TEST_CASE("early media of the first device stays the caller's until one answers") {
    CallRig rig;
    const sip::FlowId one = rig.awake(1, "198.51.100.7:40001"), two = rig.awake(2, "198.51.100.7:40002");
    rig.dial();
    const Sent to_one = rig.take(one), to_two = rig.take(two);
    rig.answer_with_sdp(to_one, 183, "one");
    rig.take(rig.pbx, "SIP/2.0 100");
    const Sent early = rig.take(rig.pbx, "SIP/2.0 183");
    CHECK(early.body().find("s=answer 1 for trunk") != std::string::npos);
    rig.answer_with_sdp(to_two, 183, "two");
    CHECK(rig.take(rig.pbx, "SIP/2.0 183").body().empty());
    rig.answer_with_sdp(to_two, 200, "two");
    CHECK(rig.take(rig.pbx, "SIP/2.0 200").body().find("s=answer 2 for trunk") != std::string::npos);
    CHECK(rig.media.sessions.at(2).selected);
}

TEST_CASE("100rel is offered to a single device only: two would give two answers in one dialog") {
    CallRig rig;
    const sip::FlowId one = rig.awake(1, "198.51.100.7:40001");
    rig.dial({.call_id = "alone", .more = "Supported: 100rel, timer\n"});
    CHECK(rig.take(one).header("Supported") == "100rel, timer");
    const sip::FlowId two = rig.awake(2, "198.51.100.7:40002");
    rig.dial({.call_id = "both", .more = "Supported: 100rel, timer\n"});
    CHECK(rig.take(two).header("Supported") == "timer");
}

TEST_CASE("of several failures the caller gets the one that tells most (RFC 3261 16.7)") {
    const auto ending = [](int status, call::Outcome outcome = call::Outcome::Rejected) {
        call::Ending made;
        made.status = status;
        made.outcome = outcome;
        return made;
    };
    CHECK(call::better(ending(603), ending(302)));
    CHECK(call::better(ending(302), ending(486)));
    CHECK(call::better(ending(486), ending(503)));
    CHECK(call::better(ending(407), ending(404)));
    CHECK(call::better(ending(486), ending(480, call::Outcome::HoldTimeout)));
    CHECK_FALSE(call::better(ending(486), ending(404)));
}

TEST_SUITE_END();

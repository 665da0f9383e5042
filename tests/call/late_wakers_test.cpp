// SPDX-License-Identifier: Apache-2.0
#include "call/call_rig.h"

using namespace std::chrono_literals;
using namespace wakeline;
using test::CallRig;
using test::Sent;

namespace {

call::CallConfig with(call::LateAnswer answer) {
    call::HoldConfig hold;
    hold.late_wakers = answer;
    return {.domains = {"example.com"}, .own_addresses = {"10.0.0.4"}, .hold = hold};
}

/// A call to a sleeping phone whose push is out, and that the caller ends.
void dial_and_cancel(CallRig& rig, const std::string& call_id = "first") {
    rig.dial({.call_id = call_id});
    rig.waker.written(static_cast<push::WakeId>(rig.waker.asked.size()));
    rig.take(rig.pbx, "SIP/2.0 100");
    rig.caller_sends(rig.take(rig.pbx, "SIP/2.0 180"), "CANCEL", 1);
    CHECK(rig.take_words(rig.pbx) == "200 487");
}

/// The phone shows the call and its end: an INVITE of the push's Call-ID, cancelled as soon as may be.
void check_told(CallRig& rig, sip::FlowId phone, std::string_view reason) {
    const Sent invite = rig.take(phone, "INVITE ");
    CHECK(invite.header("Call-ID") == rig.waker.asked.back().request.sip_call_id);
    CHECK(invite.header("From").starts_with("\"Bob\" <sip:1001@example.com>;tag="));
    CHECK(invite.body().empty());
    CHECK(rig.silent(phone)); // RFC 3261 9.1: not before a 1xx
    rig.answer(invite, 180);
    CHECK(rig.take(phone, "CANCEL ").header("Reason") == reason);
    rig.answer(invite, 487);
    CHECK(rig.take_words(phone) == "ACK");
    CHECK(rig.calls.count() == 0);
}

} // namespace

TEST_SUITE_BEGIN("call/late_wakers");

TEST_CASE("scenario 20: a phone that wakes when the caller is gone is shown the call and its end") {
    CallRig rig; // an APNs device: by_provider tells it
    const auto binding = rig.sleeping(1);
    dial_and_cancel(rig);
    rig.timers.advance(25s);
    check_told(rig, rig.wake(binding), R"(SIP;cause=487;text="Caller gave up")");
    CHECK(rig.silent(rig.wake(binding, "198.51.100.7:40003"))); // once
}

TEST_CASE("scenario 20: where the policy is silence a late phone hears nothing") {
    CallRig rig(with(call::LateAnswer::Silent));
    const auto binding = rig.sleeping(1);
    dial_and_cancel(rig);
    CHECK(rig.silent(rig.wake(binding)));
}

TEST_CASE("scenario 20: by_provider leaves an Android phone alone, tell does not") {
    const auto play = [](call::LateAnswer answer, bool told) {
        CallRig rig(with(answer));
        auto binding = rig.sleeping(1);
        binding.push.provider = rig.locator.bindings[0].push.provider = "fcm";
        dial_and_cancel(rig);
        const sip::FlowId phone = rig.wake(binding);
        CHECK(rig.silent(phone) != told);
    };
    play(call::LateAnswer::ByProvider, false);
    play(call::LateAnswer::Tell, true);
}

TEST_CASE("scenario 25: a late phone is told that the call was answered elsewhere") {
    CallRig rig;
    const sip::FlowId awake = rig.awake(1);
    const auto binding = rig.sleeping(2);
    rig.dial();
    rig.waker.written(1);
    rig.answer_with_sdp(rig.take(awake, "INVITE "), 200);
    const sip::FlowId late = rig.wake(binding, "198.51.100.7:40002");
    const Sent invite = rig.take(late, "INVITE ");
    rig.answer(invite, 180);
    CHECK(rig.take(late, "CANCEL ").header("Reason") == R"(SIP;cause=200;text="Call completed elsewhere")");
    CHECK(rig.calls.count() == 1);
}

TEST_CASE("scenario 28: a phone that wakes after the hold time is told that it is too late") {
    CallRig rig;
    const auto binding = rig.sleeping(1);
    rig.dial();
    rig.waker.accept(1);
    rig.timers.advance(16s);
    CHECK(rig.take_words(rig.pbx).starts_with("100 180 480"));
    check_told(rig, rig.wake(binding), R"(SIP;cause=480;text="Woken too late")");
}

TEST_CASE("scenario 22: after a cancelled call only the next one is delivered, though both were pushed") {
    CallRig rig;
    const auto binding = rig.sleeping(1);
    dial_and_cancel(rig);
    rig.timers.advance(1s);
    rig.dial({.call_id = "second"});
    rig.waker.written(2);
    const sip::FlowId phone = rig.wake(binding);
    CHECK(rig.take(phone, "INVITE ").header("Call-ID") == rig.waker.asked.at(1).request.sip_call_id);
    CHECK(rig.silent(phone));
}

TEST_CASE("a late phone that answers all the same is acknowledged and hung up") {
    CallRig rig;
    const auto binding = rig.sleeping(1);
    dial_and_cancel(rig);
    const sip::FlowId phone = rig.wake(binding);
    rig.answer_with_sdp(rig.take(phone, "INVITE "), 200);
    rig.take(phone, "ACK ");
    CHECK(rig.take(phone, "BYE ").header("Reason") == R"(SIP;cause=487;text="Caller gave up")");
}

TEST_CASE("a phone whose push never left, or that comes minutes later, or refreshes, is not disturbed") {
    CallRig rig;
    const auto binding = rig.sleeping(1);
    SUBCASE("never left") {
        rig.dial();
        rig.take(rig.pbx, "SIP/2.0 100");
        rig.caller_sends(rig.take(rig.pbx, "SIP/2.0 180"), "CANCEL", 1);
        CHECK(rig.silent(rig.wake(binding)));
    }
    SUBCASE("minutes later") {
        dial_and_cancel(rig);
        rig.timers.advance(61s);
        CHECK(rig.silent(rig.wake(binding)));
    }
    SUBCASE("a refresh on the connection that had the call") {
        const sip::FlowId phone = rig.wake(binding);
        rig.dial();
        rig.take(phone, "INVITE ");
        rig.timers.advance(1500ms); // no answer: pushed as well
        rig.waker.written(1);
        rig.take(rig.pbx, "SIP/2.0 100");
        rig.caller_sends(rig.take(rig.pbx, "SIP/2.0 180"), "CANCEL", 1);
        rig.locator.registered(rig.locator.bindings[0]);
        CHECK(rig.silent(phone));
    }
}

TEST_CASE("what is kept for late phones is bounded and lapses") {
    CallRig rig;
    CHECK(rig.timers.pending() == 0);
    for (registrar::BindingId id = 1; id <= 3; ++id)
        rig.sleeping(id);
    dial_and_cancel(rig);
    rig.timers.advance(10min);
    CHECK(rig.timers.pending() == 0);
}

TEST_CASE("a phone that was woken in vain is told so by push, where that is wished") {
    CallRig rig;
    rig.waker.supports_ends = true;
    rig.sleeping(1);
    dial_and_cancel(rig);
    REQUIRE(rig.waker.asked.size() == 2);
    const auto& called = rig.waker.asked[0].request;
    const auto& ended = rig.waker.asked[1].request;
    CHECK(ended.kind == push::WakeKind::CallEnded);
    CHECK(ended.uuid == called.uuid);
    CHECK(ended.sip_call_id == called.sip_call_id);
    CHECK(ended.text == "Caller gave up");
    CHECK(ended.deadline > rig.timers.wall_now());
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include "call/call_rig.h"

using namespace std::chrono_literals;
using namespace wakeline;
using test::CallRig;
using test::Sent;

TEST_SUITE_BEGIN("call/device_branch");

TEST_CASE("scenario 1: a sleeping device is pushed, and gets the INVITE on the connection that it opens") {
    CallRig rig; // proves: SBC-HOLD-01, SBC-HOLD-02, SBC-HOLD-03
    const auto binding = rig.sleeping(1);
    rig.dial();
    CHECK(rig.take_words(rig.pbx) == "100 180");
    REQUIRE(rig.waker.asked.size() == 1);
    CHECK(rig.waker.asked[0].request.caller_number == "1001");
    CHECK(rig.waker.asked[0].request.caller_name == "Bob");
    CHECK(rig.calls.held() == 1);
    rig.waker.written(1);
    rig.waker.accept(1);
    rig.timers.advance(3s);

    const sip::FlowId phone = rig.wake(binding);
    const Sent invite = rig.take(phone, "INVITE ");
    CHECK(invite.header("Call-ID") == rig.waker.asked[0].request.sip_call_id);
    CHECK(rig.calls.held() == 0);
    rig.locator.registered(rig.locator.bindings[0]); // scenario 4: a second REGISTER
    CHECK(rig.silent(phone));

    rig.answer(invite, 180);
    rig.answer_with_sdp(invite, 200);
    CHECK(rig.take_words(rig.pbx) == "180 200");
    CHECK(rig.take_words(phone) == "ACK");
    const auto live = rig.calls.snapshot();
    REQUIRE(live.size() == 1);
    CHECK(CallRig::steps(live[0]) ==
          "invite push_sent push_accepted registered invite_sent ringing answered");
}

TEST_CASE("a call that waits holds no media session, and has one when the phone is back") {
    CallRig rig;
    const auto binding = rig.sleeping(1);
    rig.dial();
    CHECK(rig.media.sessions.size() == 1); // its SDP was looked at
    CHECK(rig.media.open_sessions() == 0);
    const sip::FlowId phone = rig.wake(binding);
    CHECK(rig.media.open_sessions() == 1);
    CHECK(rig.take(phone, "INVITE ").body().find("s=offer 2 for phone") != std::string::npos);
}

TEST_CASE("scenario 3: the INVITE waits for the REGISTER that succeeds, not for the connection") {
    CallRig rig;
    rig.sleeping(1);
    rig.dial();
    const sip::FlowId phone = rig.connect("198.51.100.7:40001"); // REGISTER and 401 happen here
    rig.timers.advance(1s);
    CHECK(rig.silent(phone));
    auto binding = rig.locator.bindings[0];
    binding.flow = phone;
    rig.locator.registered(binding);
    CHECK(rig.take_words(phone) == "INVITE");
}

TEST_CASE("scenario 5: a 180 on a live connection stops the probe, and nothing is pushed") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    const Sent invite = rig.take(phone);
    rig.timers.advance(200ms);
    rig.answer(invite, 180);
    rig.timers.advance(30s);
    CHECK(rig.waker.asked.empty());
    CHECK(rig.calls.count() == 1); // it rings as long as the caller likes
}

TEST_CASE("scenario 6: a silent live-looking connection is pushed to after the probe time") {
    CallRig rig;
    const sip::FlowId old_flow = rig.awake(1);
    rig.dial();
    CHECK(rig.take_words(rig.pbx) == "100");
    CHECK(rig.take_words(old_flow) == "INVITE");
    rig.timers.advance(1500ms);
    CHECK(rig.waker.asked.size() == 1);
    CHECK(rig.take_words(rig.pbx) == "180");

    const sip::FlowId phone = rig.wake(rig.locator.bindings[0], "198.51.100.7:40002");
    const Sent invite = rig.take(phone, "INVITE ");
    CHECK(invite.header("Call-ID") == rig.waker.asked[0].request.sip_call_id);
    rig.answer_with_sdp(invite, 200);
    CHECK(rig.take_words(rig.pbx) == "200");
    CHECK(rig.silent(old_flow));
}

TEST_CASE("a phone that moves while its INVITE has probe time gets no second one before that is over") {
    CallRig rig;
    const auto binding = rig.sleeping(1);
    rig.dial();
    const sip::FlowId first = rig.wake(binding, "198.51.100.7:40001");
    CHECK(rig.take_words(first) == "INVITE");
    const sip::FlowId second = rig.wake(binding, "198.51.100.7:40002");
    rig.timers.advance(1s);
    CHECK(rig.silent(second));
    rig.timers.advance(500ms);
    CHECK(rig.take_words(second) == "INVITE");
}

TEST_CASE("a connection that breaks before any response leads to a push at once") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    rig.locator.fall_asleep(1);
    rig.transport.disconnect(phone);
    CHECK(rig.waker.asked.size() == 1);
    CHECK(rig.calls.held() == 1);
}

TEST_CASE("a device that was woken and lost its new connection is waited for, and not pushed again") {
    CallRig rig;
    const auto binding = rig.sleeping(1);
    rig.dial();
    rig.waker.written(1);
    rig.waker.accept(1);
    const sip::FlowId phone = rig.wake(binding);
    CHECK(rig.take_words(phone) == "INVITE");
    rig.locator.fall_asleep(1);
    rig.transport.disconnect(phone);
    CHECK(rig.waker.asked.size() == 1);
    CHECK(rig.calls.held() == 1);
    CHECK(rig.take_words(rig.wake(binding, "198.51.100.7:40002")) == "INVITE");
}

TEST_CASE("a device whose push had failed is pushed when the connection breaks that it came on") {
    CallRig rig;
    const sip::FlowId old = rig.awake(1);
    rig.dial();
    rig.timers.advance(1500ms); // probe: pushed as well
    rig.waker.answer(1, {.outcome = push::WakeOutcome::Unavailable, .status = 503, .reason = {}});
    const sip::FlowId fresh = rig.wake(rig.locator.bindings.front(), "198.51.100.7:40002");
    rig.take_words(old);
    rig.locator.fall_asleep(1);
    rig.transport.disconnect(fresh);
    CHECK(rig.waker.asked.size() == 2);
}

TEST_CASE("scenario 28: when the hold time is over the PBX gets 480, and a later REGISTER nothing") {
    call::HoldConfig hold; // proves: SBC-HOLD-04
    hold.late_wakers = call::LateAnswer::Silent;
    CallRig rig({.domains = {"example.com"}, .own_addresses = {"10.0.0.4"}, .hold = hold});
    const auto binding = rig.sleeping(1);
    rig.dial();
    rig.waker.accept(1);
    rig.timers.advance(14999ms);
    CHECK(rig.take_words(rig.pbx) == "100 180");
    rig.timers.advance(1ms);
    const Sent failure = rig.take(rig.pbx, "SIP/2.0 480");
    CHECK(failure.header("Reason") == R"(SIP;cause=480;text="push timeout")");
    rig.timers.advance(1s);
    const sip::FlowId phone = rig.wake(binding);
    CHECK(rig.silent(phone));
    CHECK(rig.record().reason == "push timeout");
    CHECK(CallRig::steps(rig.record()) == "invite push_accepted unreachable ended");
    CHECK(rig.calls.held() == 0);
}

TEST_CASE("scenario 16: a dead token goes, and the call fails at once when it was the only way") {
    CallRig rig; // proves: SBC-HOLD-07
    rig.sleeping(1);
    rig.dial();
    rig.waker.answer(1, {.outcome = push::WakeOutcome::TokenDead, .status = 410, .reason = "Unregistered"});
    CHECK(rig.take_words(rig.pbx) == "100 180 480");
    CHECK(rig.locator.dead == std::vector<registrar::BindingId>{1});
    CHECK(rig.record().timeline.at(1).what == "push_failed");
    CHECK(rig.record().timeline.at(1).detail == "410 Unregistered");
}

TEST_CASE("scenario 16: a dead token does not take the INVITE from a live connection") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    const Sent invite = rig.take(phone);
    rig.timers.advance(1500ms);
    rig.waker.answer(1, {.outcome = push::WakeOutcome::TokenDead, .status = 404, .reason = "UNREGISTERED"});
    CHECK(rig.calls.count() == 1);
    rig.answer(invite, 180);
    rig.answer_with_sdp(invite, 200);
    CHECK(rig.take_words(rig.pbx) == "100 180 180 200");
}

TEST_CASE("a push that cannot be sent fails the call at once, and the token stays") {
    CallRig rig;
    rig.sleeping(1);
    rig.dial();
    rig.waker.answer(
        1, {.outcome = push::WakeOutcome::Refused, .status = 403, .reason = "InvalidProviderToken"});
    CHECK(rig.take_words(rig.pbx) == "100 180 480");
    CHECK(rig.locator.dead.empty());
}

TEST_CASE("a device without a token is called directly, and is out of reach without a connection") {
    CallRig rig; // proves: SBC-PUSH-06
    auto binding = rig.sleeping(1);
    binding.push = rig.locator.bindings[0].push = {};
    rig.dial({.call_id = "asleep"});
    CHECK(rig.take_words(rig.pbx) == "100 480");
    CHECK(rig.record().reason == "device is not reachable");
    const sip::FlowId phone = rig.wake(binding);
    rig.dial({.call_id = "awake"});
    CHECK(rig.take_words(phone) == "INVITE");
    CHECK(rig.waker.asked.empty());
}

TEST_CASE("a woken phone that says nothing to the INVITE does not hold the call for ever") {
    CallRig rig;
    const auto binding = rig.sleeping(1);
    rig.dial();
    rig.timers.advance(14s);
    const sip::FlowId phone = rig.wake(binding);
    CHECK(rig.take_words(phone) == "INVITE");
    rig.timers.advance(5s); // the hold time is over, but the phone is back
    CHECK(rig.calls.count() == 1);
    rig.timers.advance(1s);
    CHECK(rig.take_words(rig.pbx) == "100 180 480");
}

TEST_CASE("a phone that takes the call and shows nothing is woken once more, and then gets it again") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    const Sent invite = rig.take(phone, "INVITE ");
    rig.answer(invite, 100, "");
    rig.timers.advance(9s);
    CHECK(rig.waker.asked.empty());
    rig.answer(invite, 100, ""); // a repetition is no news
    rig.timers.advance(1s);
    CHECK(rig.take_words(phone) == "CANCEL");
    REQUIRE(rig.waker.asked.size() == 1);
    rig.waker.accept(rig.waker.asked[0].id);
    const sip::FlowId back = rig.wake(*rig.locator.find(1), "198.51.100.8:50000");
    const Sent again = rig.take(back, "INVITE ");
    rig.answer_with_sdp(again, 200);
    CHECK(rig.take_words(rig.pbx) == "100 180 200");
}

TEST_CASE("a phone that rings after its 100 has no such end") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    const Sent invite = rig.take(phone, "INVITE ");
    rig.answer(invite, 100, "");
    rig.answer(invite, 180);
    rig.timers.advance(60s);
    CHECK(rig.waker.asked.empty());
    CHECK(rig.silent(phone));
}

TEST_CASE("a phone that took the call and lost its connection before it rang is woken at once") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    rig.answer(rig.take(phone, "INVITE "), 100, "");
    rig.locator.fall_asleep(1);
    rig.transport.disconnect(phone);
    CHECK(rig.waker.asked.size() == 1);
    rig.timers.advance(15s);
    CHECK(rig.record().reason.starts_with("push timeout"));
}

TEST_CASE("a phone that took the call and moved gets it on its new connection when it has not rung") {
    CallRig rig;
    const auto device = rig.sleeping(1);
    const sip::FlowId phone = rig.wake(device);
    rig.dial();
    rig.answer(rig.take(phone, "INVITE "), 100, "");
    const sip::FlowId moved = rig.wake(device, "198.51.100.8:50000");
    CHECK(rig.silent(moved)); // it may be showing the first one
    rig.timers.advance(10s);
    CHECK(rig.take_words(moved) == "INVITE");
    CHECK(rig.waker.asked.empty());
}

TEST_CASE("a phone that took the call, shows nothing and cannot be woken has failed") {
    CallRig rig;
    auto device = rig.sleeping(1);
    device.push = {};
    const sip::FlowId phone = rig.wake(device);
    rig.dial();
    rig.answer(rig.take(phone, "INVITE "), 100, "");
    rig.timers.advance(10s);
    CHECK(rig.take_words(phone) == "CANCEL");
    CHECK(rig.take_words(rig.pbx) == "100 480");
    CHECK(rig.record().reason == "device took the call but did not ring");
}

TEST_SUITE_END();

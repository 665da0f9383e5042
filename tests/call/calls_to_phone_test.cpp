// SPDX-License-Identifier: Apache-2.0
#include "call_rig.h"

using namespace std::chrono_literals;
using namespace wakeline;
using test::CallRig;
using test::Sent;

TEST_SUITE_BEGIN("call/calls_to_phone");

TEST_CASE("an awake device gets the INVITE at once, and the call goes up and down") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    CHECK(rig.take_words(rig.pbx) == "100");

    const Sent invite = rig.take(phone, "INVITE sip:device1@192.0.2.10:40000;transport=tls SIP/2.0");
    rig.answer(invite, 180);
    const Sent ringing = rig.take(rig.pbx, "SIP/2.0 180");
    rig.answer_with_sdp(invite, 200);
    rig.take(phone, "ACK sip:phone@198.51.100.7:40001;transport=tls SIP/2.0");
    const Sent ok = rig.take(rig.pbx, "SIP/2.0 200");
    CHECK(ok.header("To") == ringing.header("To")); // one To tag
    CHECK(ok.body().find("s=answer 1 for trunk") != std::string::npos);
    CHECK(invite.body().find("s=offer 1 for phone") != std::string::npos);
    rig.caller_sends(ok, "ACK", 1);
    CHECK(rig.calls.count() == 1);

    rig.caller_sends(ok, "BYE", 2);
    rig.take(rig.pbx, "SIP/2.0 200");
    const Sent bye = rig.take(phone, "BYE sip:phone@198.51.100.7:40001;transport=tls SIP/2.0");
    rig.answer(bye, 200);
    CHECK(rig.calls.count() == 0);
    CHECK(rig.media.open_sessions() == 0);
    CHECK(rig.record().status == 200);
    CHECK(CallRig::steps(rig.record()) == "invite invite_sent ringing answered bye ended");
    CHECK(rig.waker.asked.empty());
}

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

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include "call/call_rig.h"

using namespace std::chrono_literals;
using namespace wakeline;
using test::CallRig;
using test::Sent;

namespace {

constexpr auto kReason = "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\n";

} // namespace

TEST_SUITE_BEGIN("call/cancel");

TEST_CASE("scenario 21: CANCEL while the phone sleeps is 200 and 487 at once, and it is never rung") {
    CallRig rig; // proves: SBC-HOLD-05
    const auto binding = rig.sleeping(1);
    rig.dial();
    rig.take(rig.pbx, "SIP/2.0 100");
    rig.caller_sends(rig.take(rig.pbx, "SIP/2.0 180"), "CANCEL", 1);
    CHECK(rig.take_words(rig.pbx) == "200 487");
    CHECK(rig.waker.cancelled.size() == 1);
    CHECK(rig.calls.held() == 0);
    const sip::FlowId phone = rig.wake(binding);
    CHECK(rig.silent(phone));
    CHECK(CallRig::steps(rig.record()) == "invite cancelled ended");
    CHECK(rig.record().status == 487);
}

TEST_CASE("scenario 22: after a cancelled call only the next one is delivered") {
    CallRig rig;
    const auto binding = rig.sleeping(1);
    rig.dial({.call_id = "first"});
    rig.take(rig.pbx, "SIP/2.0 100");
    rig.caller_sends(rig.take(rig.pbx, "SIP/2.0 180"), "CANCEL", 1);
    rig.timers.advance(1s);
    rig.dial({.call_id = "second"});
    const sip::FlowId phone = rig.wake(binding);
    const Sent invite = rig.take(phone, "INVITE ");
    CHECK(invite.header("Call-ID") == rig.waker.asked.at(1).request.sip_call_id);
    CHECK(rig.silent(phone));
}

TEST_CASE("CANCEL while it rings cancels the phone, with the reason of the caller") {
    CallRig rig; // proves: SBC-RING-11
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    const Sent invite = rig.take(phone);
    rig.answer(invite, 180);
    rig.take(rig.pbx, "SIP/2.0 100");
    rig.caller_sends(rig.take(rig.pbx, "SIP/2.0 180"), "CANCEL", 1, kReason);
    CHECK(rig.take_words(rig.pbx) == "200 487");
    const Sent cancel = rig.take(phone, "CANCEL ");
    CHECK(cancel.header("Reason") == R"(SIP;cause=200;text="Call completed elsewhere")");
    CHECK(cancel.branch() == invite.branch());
    rig.answer(cancel, 200);
    rig.answer(invite, 487);
    CHECK(rig.take_words(phone) == "ACK");
    CHECK(rig.calls.count() == 0);
}

TEST_CASE("scenario 23: CANCEL waits for the phone's 1xx, and a 200 instead is acknowledged and hung up") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    const Sent invite = rig.take(phone);
    rig.caller_sends(rig.take(rig.pbx, "SIP/2.0 100"), "CANCEL", 1);
    CHECK(rig.take_words(rig.pbx) == "200 487");
    CHECK(rig.silent(phone));
    SUBCASE("1xx") {
        rig.answer(invite, 100, "");
        CHECK(rig.take_words(phone) == "CANCEL");
        rig.answer(invite, 487);
        CHECK(rig.take_words(phone) == "ACK");
    }
    SUBCASE("200") {
        rig.answer_with_sdp(invite, 200);
        rig.take(phone, "ACK sip:phone@198.51.100.7:40001;transport=tls SIP/2.0");
        const Sent bye = rig.take(phone, "BYE sip:phone@198.51.100.7:40001;transport=tls SIP/2.0");
        CHECK(bye.header("Call-ID") == invite.header("Call-ID"));
        rig.answer(bye, 200);
        rig.answer_with_sdp(invite, 200); // repeated: acknowledged again
        CHECK(rig.take_words(phone).starts_with("ACK"));
    }
    CHECK(rig.silent(rig.pbx));
    CHECK(rig.records.records.size() == 1); // scenario 24: one record
}

TEST_CASE("scenario 24: a CANCEL that comes after our 200 changes nothing") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    rig.answer_with_sdp(rig.take(phone), 200);
    rig.take(rig.pbx, "SIP/2.0 100");
    const Sent ok = rig.take(rig.pbx, "SIP/2.0 200");
    rig.caller_sends(ok, "CANCEL", 1);
    CHECK(rig.take_words(rig.pbx) == "200");
    rig.caller_sends(ok, "ACK", 1);
    CHECK(rig.take_words(phone) == "ACK");
    CHECK(rig.calls.count() == 1);
}

TEST_CASE("a caller that says BYE in the early dialog has hung up") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    const Sent invite = rig.take(phone);
    rig.answer(invite, 180);
    rig.take(rig.pbx, "SIP/2.0 100");
    rig.caller_sends(rig.take(rig.pbx, "SIP/2.0 180"), "BYE", 2);
    CHECK(rig.take_words(rig.pbx) == "200 487");
    CHECK(rig.take_words(phone) == "CANCEL");
}

TEST_CASE("a caller whose connection is lost has hung up") {
    CallRig rig;
    const sip::FlowId caller = rig.awake(1), phone = rig.awake(2, "198.51.100.7:40002");
    rig.transport.receive(caller, "INVITE sip:1001@example.com SIP/2.0\n"
                                  "Via: SIP/2.0/TLS 198.51.100.7:40001;branch=z9hG4bKlost\n"
                                  "From: <sip:alice@example.com>;tag=a\nTo: <sip:1001@example.com>\n"
                                  "Call-ID: lost\nCSeq: 1 INVITE\nContact: <sip:alice@198.51.100.7:40001>\n");
    const Sent invite = rig.take(rig.pbx, "INVITE ");
    rig.answer(invite, 180);
    rig.transport.disconnect(caller);
    CHECK(rig.take_words(rig.pbx) == "CANCEL");
    CHECK(rig.calls.count() == 0);
    CHECK(rig.silent(phone));
}

TEST_SUITE_END();

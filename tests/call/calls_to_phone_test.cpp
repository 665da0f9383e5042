// SPDX-License-Identifier: Apache-2.0
#include "call/call_rig.h"

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

TEST_CASE("an unknown number gets 404, a known one without a device 480, both at once") {
    CallRig rig; // proves: SBC-RING-08, SBC-RING-09, SBC-HUNT-02
    rig.dial({.uri = "sip:nobody@10.0.0.4:5080", .call_id = "c1"});
    CHECK(rig.take_words(rig.pbx) == "100 404");
    rig.dial({.call_id = "c2"});
    rig.take(rig.pbx, "SIP/2.0 100");
    const Sent failure = rig.take(rig.pbx, "SIP/2.0 480");
    CHECK(failure.header("Reason") == R"(SIP;cause=480;text="no device is registered")");
    auto lost = rig.sleeping(1);
    rig.waker.supports_all = false; // no app is configured for it
    rig.dial({.call_id = "c3"});
    CHECK(rig.take_words(rig.pbx) == "100 480");
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

TEST_CASE("scenario 48: five thousand calls wait during an outage, the next is 503, OPTIONS is 200") {
    call::LimitsConfig limits; // proves: SBC-HOLD-09
    limits.held_calls = 5'000;
    CallRig rig({.domains = {"example.com"}, .own_addresses = {"10.0.0.4"}, .limits = limits});
    rig.sleeping(1);
    for (int n = 0; n < 5'000; ++n)
        rig.dial({.call_id = "c" + std::to_string(n), .sdp = false});
    CHECK(rig.calls.held() == 5'000);
    CHECK(rig.media.open_sessions() == 0);
    rig.transport.sent.clear();
    rig.dial({.call_id = "one-more"});
    CHECK(rig.take_words(rig.pbx) == "100 503");
    rig.transport.receive(rig.pbx, "OPTIONS sip:10.0.0.4 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.5;branch=z9hG4bKo\n"
                                   "From: <sip:pbx@10.0.0.5>;tag=o\nTo: <sip:10.0.0.4>\nCall-ID: o\n"
                                   "CSeq: 1 OPTIONS\n");
    CHECK(rig.take_words(rig.pbx) == "200");

    rig.timers.advance(15s); // every caller has an answer by the timer, and nothing is left
    std::size_t failed = 0;
    for (const Sent& sent : rig.transport.sent)
        failed += sent.text.starts_with("SIP/2.0 480") ? 1 : 0;
    CHECK(failed >= 5'000);
    CHECK(rig.calls.count() == 0);
    CHECK(rig.waker.open_count() == 0);
}

TEST_CASE("the memory of calls that wait is bounded too, whatever their callers send") {
    call::LimitsConfig limits;
    limits.held_octets = 20'000;
    CallRig rig({.domains = {"example.com"}, .own_addresses = {"10.0.0.4"}, .limits = limits});
    rig.sleeping(1);
    const std::string large = "Subject: " + std::string(9'000, 's') + "\n";
    rig.dial({.call_id = "c1", .more = large});
    rig.dial({.call_id = "c2", .more = large});
    CHECK(rig.calls.held() == 2);
    rig.dial({.call_id = "c3", .more = large});
    CHECK(rig.calls.held() == 2);
    CHECK(rig.record().status == 503);
    CHECK(rig.record().reason == "held calls are too large");
    rig.timers.advance(15s);
    rig.dial({.call_id = "c4", .more = large}); // room again
    CHECK(rig.calls.held() == 1);
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

TEST_CASE("the final answers of a phone pass as they are") {
    CallRig rig; // proves: SBC-TRN-14, SBC-COD-02, SBC-CALL-09
    const sip::FlowId phone = rig.awake(1);
    const auto ended_with = [&](int status, const std::string& more) {
        rig.dial({.call_id = "call" + std::to_string(status)});
        const Sent invite = rig.take(phone, "INVITE ");
        rig.answer(invite, status, "far", more);
        CHECK(rig.take_words(phone) == "ACK");
        rig.take(rig.pbx, "SIP/2.0 100");
        return rig.take(rig.pbx, "SIP/2.0 " + std::to_string(status));
    };
    ended_with(486, "Retry-After: 30");
    CHECK(ended_with(488, "Warning: 304 198.51.100.7:5060 \"no codec\"").header("Warning") ==
          "304 example.com \"no codec\"");
    CHECK(ended_with(302, "Contact: <sip:+15551234@198.51.100.7>").header("Contact") ==
          "<sip:+15551234@example.com>");
    ended_with(603, "");
}

TEST_CASE("a 503 of a phone does not take us out of the PBX's rotation") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    rig.answer(rig.take(phone), 503);
    CHECK(rig.take_words(rig.pbx) == "100 500");
}

TEST_CASE("SDP that cannot be used gets 488 before anybody is woken") {
    CallRig rig;
    rig.sleeping(1);
    rig.media.refuse_next = Error{ErrorCode::InvalidInput, "no stream that we can relay"};
    rig.dial();
    CHECK(rig.take_words(rig.pbx) == "100 488");
    CHECK(rig.waker.asked.empty());
}

TEST_CASE("beyond the limits the PBX gets 503 with Retry-After") {
    CallRig rig(
        {.domains = {"example.com"}, .own_addresses = {"10.0.0.4"}, .limits = {.calls = 2, .held_calls = 1}});
    rig.sleeping(1);
    rig.awake(2, "198.51.100.7:40002", "sip:carol@example.com");
    rig.dial({.call_id = "held"});
    CHECK(rig.take_words(rig.pbx) == "100 180");
    rig.dial({.call_id = "too-many-held"});
    rig.take(rig.pbx, "SIP/2.0 100");
    CHECK(rig.take(rig.pbx, "SIP/2.0 503").header("Retry-After") == "5");
    rig.dial({.uri = "sip:carol@10.0.0.4:5080", .call_id = "second"});
    CHECK(rig.take_words(rig.pbx) == "100");
    rig.dial({.uri = "sip:carol@10.0.0.4:5080", .call_id = "third"});
    CHECK(rig.take_words(rig.pbx) == "100 503");
}

TEST_CASE("scenario 27: while a call is held or rings, the PBX hears of it every minute") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    rig.answer(rig.take(phone), 180);
    rig.timers.advance(3min);
    CHECK(rig.take_words(rig.pbx) == "100 180 180 180 180");
}

TEST_CASE("without send_ringing a held caller hears nothing but 100, for the first minute") {
    call::HoldConfig hold;
    hold.send_ringing = call::HoldAnswer::None;
    hold.hold = 70s;
    CallRig rig({.domains = {"example.com"}, .own_addresses = {"10.0.0.4"}, .hold = hold});
    rig.sleeping(1);
    rig.dial();
    rig.timers.advance(59s);
    CHECK(rig.take_words(rig.pbx) == "100");
    rig.timers.advance(1s);
    CHECK(rig.take_words(rig.pbx) == "183");
}

TEST_CASE("with send_ringing 183 a held caller hears progress, and 180 when the phone rings") {
    call::HoldConfig hold;
    hold.send_ringing = call::HoldAnswer::Progress;
    CallRig rig({.domains = {"example.com"}, .own_addresses = {"10.0.0.4"}, .hold = hold});
    const auto binding = rig.sleeping(1);
    rig.dial();
    rig.take(rig.pbx, "SIP/2.0 100");
    const Sent held = rig.take(rig.pbx, "SIP/2.0 183");
    const sip::FlowId phone = rig.wake(binding);
    rig.answer(rig.take(phone, "INVITE "), 180);
    CHECK(rig.take(rig.pbx, "SIP/2.0 180").header("To") == held.header("To"));
}

TEST_CASE("scenario 29: a repeated INVITE is one call and one push") {
    CallRig rig;
    rig.sleeping(1);
    rig.dial();
    rig.dial();
    CHECK(rig.calls.count() == 1);
    CHECK(rig.waker.asked.size() == 1);
}

TEST_CASE("an Expires of the caller bounds the call") {
    CallRig rig;
    rig.sleeping(1);
    rig.dial({.more = "Expires: 5\n"});
    CHECK(rig.waker.asked.at(0).request.deadline == rig.timers.wall_now() + 5s); // no push comes after it
    rig.timers.advance(5s);
    CHECK(rig.take_words(rig.pbx) == "100 180 487");
    CHECK(rig.waker.cancelled.size() == 1);
}

TEST_CASE("a call to the Contact that stands for one device rings that device alone") {
    CallRig rig;
    const sip::FlowId first = rig.awake(1, "198.51.100.7:40001"), second = rig.awake(2, "198.51.100.7:40002");
    rig.dial({.uri = "sip:wl-2@10.0.0.4:5080"});
    CHECK(rig.silent(first));
    const Sent invite = rig.take(second, "INVITE ");
    CHECK(invite.header("To") == "<sip:alice@example.com>");
    CHECK(rig.calls.snapshot().at(0).callee == "alice");
}

TEST_CASE("a call to a GRUU rings the device that it names, or nobody (RFC 5627)") {
    CallRig rig;
    const sip::FlowId first = rig.awake(1, "198.51.100.7:40001"), second = rig.awake(2, "198.51.100.7:40002");
    rig.dial({.uri = "sip:alice@example.com;gr=urn:uuid:00000000-0000-4000-8000-100000000002"});
    CHECK(rig.silent(first));
    rig.take(second, "INVITE ");
    CHECK(rig.calls.snapshot().at(0).callee == "alice");
    CallRig other;
    other.dial({.uri = "sip:alice@example.com;gr=urn:uuid:sold"});
    CHECK(other.take_words(other.pbx) == "100 480");
}

TEST_CASE("scenario 30: the offer of a sleeping phone travels in its 200, the answer in the ACK") {
    CallRig rig;
    const auto binding = rig.sleeping(1);
    rig.dial({.sdp = false});
    const sip::FlowId phone = rig.wake(binding);
    const Sent invite = rig.take(phone, "INVITE ");
    CHECK(invite.body().empty());
    rig.answer_with_sdp(invite, 200);
    CHECK(rig.silent(phone)); // no ACK before the answer
    rig.take(rig.pbx, "SIP/2.0 100");
    rig.take(rig.pbx, "SIP/2.0 180");
    const Sent ok = rig.take(rig.pbx, "SIP/2.0 200");
    CHECK(ok.body().find("s=offer 2 for trunk") != std::string::npos);
    rig.caller_sends(ok, "ACK", 1, CallRig::kSdp + 1);
    const Sent ack = rig.take(phone, "ACK ");
    CHECK(ack.body().find("s=answer 2 for phone") != std::string::npos);
    rig.answer_with_sdp(invite, 200); // the ACK was lost
    CHECK(rig.take(phone, "ACK ").body() == ack.body());
}

TEST_CASE("a caller that never acknowledges the 200 ends the call with BYE to both") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    rig.answer_with_sdp(rig.take(phone), 200);
    rig.take_words(rig.pbx);
    rig.timers.advance(32s);
    CHECK(rig.take_words(rig.pbx) == "200 200 200 200 200 200 200 200 200 200 BYE");
    CHECK(rig.take_words(phone).starts_with("ACK BYE"));
    CHECK(rig.calls.count() == 0);
}

TEST_CASE("a phone that hangs up before the ACK of the PBX is answered, the PBX gets BYE after its ACK") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    const Sent invite = rig.take(phone);
    rig.answer_with_sdp(invite, 200);
    rig.take(rig.pbx, "SIP/2.0 100");
    const Sent ok = rig.take(rig.pbx, "SIP/2.0 200");
    rig.send_back(invite, "BYE", 1);
    CHECK(rig.take_words(phone) == "ACK 200");
    CHECK(rig.silent(rig.pbx));
    rig.caller_sends(ok, "ACK", 1);
    CHECK(rig.take_words(rig.pbx) == "BYE");
}

TEST_CASE("when nobody sends media any more both sides get BYE") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    rig.answer_with_sdp(rig.take(phone), 200);
    rig.take(rig.pbx, "SIP/2.0 100");
    rig.caller_sends(rig.take(rig.pbx, "SIP/2.0 200"), "ACK", 1);
    rig.calls.on_media_timeout(1);
    rig.take(rig.pbx, "BYE ");
    CHECK(rig.take_words(phone) == "ACK BYE");
    CHECK(rig.record().reason == "no media");
}

TEST_CASE("an administrator can end a call, and a daemon that stops takes no new ones") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    rig.answer_with_sdp(rig.take(phone), 200);
    rig.take(rig.pbx, "SIP/2.0 100");
    rig.caller_sends(rig.take(rig.pbx, "SIP/2.0 200"), "ACK", 1);
    CHECK_FALSE(rig.calls.end_call("nonsense", "by hand"));
    rig.calls.drain();
    rig.dial({.call_id = "late"});
    CHECK(rig.take_words(rig.pbx) == "100 503");
    CHECK(rig.calls.end_call(rig.calls.snapshot().at(0).id, "by hand"));
    CHECK(rig.take_words(rig.pbx) == "BYE");
    CHECK(rig.calls.count() == 0);
}

TEST_SUITE_END();

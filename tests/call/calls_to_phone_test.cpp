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

// SPDX-License-Identifier: Apache-2.0
#include "call/up_call.h"

using namespace std::chrono_literals;
using namespace wakeline;
using test::CallRig;
using test::Sent;
using test::UpCall;
using test::with_sdp;

namespace {

constexpr auto kHoldSdp =
    "Content-Type: application/sdp\n\nv=0\no=- 1 2 IN IP4 10.0.0.5\ns=-\nc=IN IP4 10.0.0.5\n"
    "t=0 0\nm=audio 4000 RTP/AVP 8\na=sendonly\n";

} // namespace

TEST_SUITE_BEGIN("call/in_dialog");

TEST_CASE_FIXTURE(UpCall, "hold and resume by the PBX pass with the media re-pointed") {
    caller_sends(ok, "INVITE", 2, std::string("Contact: <sip:new@10.0.0.5:5062>\n") + kHoldSdp);
    CHECK(take_words(pbx) == "100"); // proves: SBC-CALL-01
    const Sent hold = take(phone, "INVITE sip:phone@198.51.100.7:40001;transport=tls");
    CHECK(hold.header("CSeq") == "2 INVITE");
    CHECK(hold.body().find("s=offer 1 for phone") != std::string::npos);
    CHECK(hold.text.find("10.0.0.5") == std::string::npos);
    phone_answers(hold, 200, with_sdp("Contact: <sip:moved@198.51.100.7:40001;transport=tls>"));
    take(phone, "ACK sip:moved@198.51.100.7:40001;transport=tls");
    const Sent held = take(pbx, "SIP/2.0 200");
    CHECK(held.body().find("s=answer 1 for trunk") != std::string::npos);
    CHECK(held.header("Contact") == ok.header("Contact"));
    caller_sends(held, "ACK", 2);
    CHECK(CallRig::steps(calls.snapshot().at(0)).ends_with("answered hold"));
    timers.advance(40s);
    CHECK(silent(pbx)); // acknowledged: not repeated

    send_back(invite, "INVITE", 1, "far", with_sdp("Contact: <sip:moved@198.51.100.7:40001>"));
    const Sent resume = take(pbx, "INVITE sip:new@10.0.0.5:5062 SIP/2.0"); // the new target
    CHECK(resume.header("Call-ID") == "pbx-call");
    answer(resume, 200, "", with_sdp("Contact: <sip:new@10.0.0.5:5062>"));
    take(pbx, "ACK sip:new@10.0.0.5:5062");
    CHECK(take_words(phone) == "100 200");
}

TEST_CASE_FIXTURE(UpCall, "a re-INVITE that is refused leaves everything as it was") {
    caller_sends(ok, "INVITE", 2, std::string("Contact: <sip:1001@10.0.0.5:5060>\n") + kHoldSdp);
    phone_answers(take(phone, "INVITE "), 488, "Warning: 399 198.51.100.7 \"no\"");
    take(pbx, "SIP/2.0 100");
    CHECK(take(pbx, "SIP/2.0 488").header("Warning") == "399 example.com \"no\"");
    CHECK(media.transcript == std::vector<std::string>{"offer 1 from trunk", "rollback 1"});
    CHECK(calls.count() == 1);
}

TEST_CASE_FIXTURE(UpCall, "re-INVITEs that cross get 491, a second one of the same side 500") {
    caller_sends(ok, "INVITE", 2, std::string("Contact: <sip:1001@10.0.0.5>\n") + kHoldSdp);
    const Sent first = take(phone, "INVITE ");
    send_back(invite, "INVITE", 1, "far", with_sdp("Contact: <sip:p@198.51.100.7>"));
    CHECK(take_words(phone) == "100 491");
    caller_sends(ok, "INVITE", 3, std::string("Contact: <sip:1001@10.0.0.5>\n") + kHoldSdp);
    take(pbx, "SIP/2.0 100");
    take(pbx, "SIP/2.0 100");
    CHECK(take(pbx, "SIP/2.0 500").header("Retry-After") != "-");
    send_back(invite, "UPDATE", 2, "far", kHoldSdp); // an offer against an offer (RFC 3311 5.2)
    CHECK(take_words(phone) == "491");
    answer(first, 200, "", with_sdp("Contact: <sip:p@198.51.100.7>"));
    CHECK(take_words(pbx) == "200");
}

TEST_CASE_FIXTURE(UpCall, "a re-INVITE without an offer gets the answer through its ACK") {
    caller_sends(ok, "INVITE", 2, "Contact: <sip:1001@10.0.0.5:5060>\n");
    const Sent asked = take(phone, "INVITE ");
    CHECK(asked.body().empty());
    phone_answers(asked, 200, with_sdp("Contact: <sip:phone@198.51.100.7:40001;transport=tls>"));
    CHECK(silent(phone));
    take(pbx, "SIP/2.0 100");
    const Sent offer = take(pbx, "SIP/2.0 200");
    CHECK(offer.body().find("s=offer 1 for trunk") != std::string::npos);
    caller_sends(offer, "ACK", 2, CallRig::kSdp + 1);
    CHECK(take(phone, "ACK ").body().find("s=answer 1 for phone") != std::string::npos);
}

TEST_CASE_FIXTURE(UpCall, "a cancelled re-INVITE is cancelled at the other side, and the call goes on") {
    last.call_id = "re";
    transport.receive(
        pbx, "INVITE sip:alice@10.0.0.4:5080 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKre\n"
             "From: " +
                 ok.header("From") + "\nTo: " + ok.header("To") +
                 "\nCall-ID: pbx-call\nCSeq: 2 INVITE\nContact: <sip:1001@10.0.0.5>\n");
    const Sent relayed = take(phone, "INVITE ");
    phone_answers(relayed, 100);
    transport.receive(
        pbx, "CANCEL sip:alice@10.0.0.4:5080 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKre\n"
             "From: " +
                 ok.header("From") + "\nTo: " + ok.header("To") + "\nCall-ID: pbx-call\nCSeq: 2 CANCEL\n");
    CHECK(take_words(phone) == "CANCEL");
    phone_answers(relayed, 487);
    CHECK(take_words(pbx) == "100 200 487");
    CHECK(calls.count() == 1);
}

TEST_CASE_FIXTURE(UpCall, "UPDATE, INFO, MESSAGE, OPTIONS and NOTIFY pass with their bodies") {
    caller_sends(ok, "UPDATE", 2,
                 std::string("Contact: <sip:1001@10.0.0.5>\nSession-Expires: 900\n") + kHoldSdp);
    const Sent update = take(phone, "UPDATE ");                      // proves: SBC-CALL-06
    CHECK(update.header("Session-Expires") == "1800;refresher=uac"); // each leg has its own
    CHECK(update.body().find("s=offer 1 for phone") != std::string::npos);
    phone_answers(update, 200, with_sdp("Contact: <sip:phone@198.51.100.7:40001>\nSession-Expires: 900"));
    CHECK(take(pbx, "SIP/2.0 200").body().find("s=answer 1 for trunk") != std::string::npos);

    send_back(invite, "INFO", 1, "far", "Content-Type: application/dtmf-relay\n\nSignal=5\n");
    const Sent info = take(pbx, "INFO "); // proves: SBC-CALL-07
    CHECK(info.header("Content-Type") == "application/dtmf-relay");
    CHECK(info.body() == "Signal=5\r\n");
    answer(info, 200, "");
    CHECK(take_words(phone) == "200");

    for (const char* method : {"MESSAGE", "OPTIONS", "NOTIFY"}) {
        send_back(invite, method, 10 + branches, "far", "Event: refer\n");
        const Sent relayed = take(pbx, method);
        answer(relayed, 200, "", "Allow: INVITE");
        CHECK(take(phone, "SIP/2.0 200").header("Allow") == "INVITE");
    }
}

TEST_CASE_FIXTURE(UpCall, "a request with an old CSeq is refused, one in a dialog we do not have gets 481") {
    send_back(invite, "INFO", 5);
    answer(take(pbx, "INFO "), 200, "");
    CHECK(take_words(phone) == "200");
    send_back(invite, "INFO", 4);
    CHECK(take_words(phone) == "500");
    send_back(invite, "INFO", 6, "another-tag");
    CHECK(take_words(phone) == "481");
    const sip::FlowId trunk_like =
        transport.add(flow_info(sip::TransportKind::Udp, sip::Side::Trunk, "10.0.0.5:5060"));
    Sent stolen = invite; // right names, from the other side
    stolen.flow = trunk_like;
    send_back(stolen, "BYE", 7);
    CHECK(take_words(trunk_like) == "481");
    CHECK(calls.count() == 1);
}

TEST_CASE_FIXTURE(UpCall, "a phone that comes back on another connection keeps its call") {
    locator.fall_asleep(1); // proves: SBC-NET-02
    transport.disconnect(phone);
    timers.advance(10s);
    CHECK(calls.count() == 1);
    const sip::FlowId back = wake(locator.bindings[0], "203.0.113.50:5");
    CHECK(media.transcript == std::vector<std::string>{"signalling 1 phone 203.0.113.50:5"});
    caller_sends(ok, "INFO", 2);
    CHECK(take_words(back) == "INFO");
}

TEST_CASE_FIXTURE(UpCall, "a request of the phone from a new connection moves its leg there") {
    const sip::FlowId other = connect("203.0.113.50:5");
    Sent moved = invite;
    moved.flow = other;
    send_back(moved, "INVITE", 1, "far", with_sdp("Contact: <sip:phone@203.0.113.50:5;transport=tls>"));
    CHECK(take_words(other) == "100");
    CHECK(take_words(pbx) == "INVITE");
    caller_sends(ok, "INFO", 2);
    CHECK(take(other, "INFO ").first_line() == "INFO sip:phone@203.0.113.50:5;transport=tls SIP/2.0");
}

TEST_CASE_FIXTURE(UpCall, "the phone of another user cannot touch the call, though it knows its names") {
    const sip::FlowId thief = awake(2, "203.0.113.66:6", "sip:mallory@example.com");
    Sent stolen = invite;
    stolen.flow = thief;
    for (const auto* method : {"BYE", "INVITE", "INFO", "REFER"}) {
        send_back(stolen, method, 500, "far",
                  "Contact: <sip:m@203.0.113.66:6>\nRefer-To: <sip:1@example.com>\n");
        CHECK(take_words(thief).ends_with("481"));
    }
    CHECK(silent(pbx));
    send_back(invite, "INFO", 2);
    CHECK(take_words(pbx) == "INFO");
    caller_sends(ok, "INFO", 2);
    CHECK(take_words(phone) == "INFO");
}

TEST_CASE_FIXTURE(
    UpCall,
    "scenario 33: the BYE of the PBX is answered when the phone is gone for good, a re-INVITE refused") {
    waker.supports_requests = false;
    lose_phone();
    caller_sends(ok, "INVITE", 2, std::string("Contact: <sip:1001@10.0.0.5>\n") + kHoldSdp);
    take(pbx, "SIP/2.0 100");
    CHECK(take(pbx, "SIP/2.0 480").header("Retry-After") == "5");
    CHECK(calls.count() == 1);
    caller_sends(ok, "BYE", 3);
    CHECK(take_words(pbx) == "200");
    CHECK(calls.count() == 0);
    CHECK(media.open_sessions() == 0);
}

TEST_CASE_FIXTURE(UpCall,
                  "scenario 33: a re-INVITE wakes the phone that lost its connection, and waits for it") {
    lose_phone();
    caller_sends(ok, "INVITE", 2, std::string("Contact: <sip:1001@10.0.0.5>\n") + kHoldSdp);
    caller_sends(ok, "INFO", 3);
    CHECK(take_words(pbx) == "100");
    REQUIRE(waker.asked.size() == 1);                              // one push for both
    CHECK(waker.asked[0].request.kind == push::WakeKind::Request); // scenario 19: no VoIP push
    CHECK(waker.asked[0].request.aor == kAlice);
    CHECK(waker.asked[0].request.call == calls.snapshot().at(0).id); // what wakelinectl call takes
    CHECK(waker.asked[0].request.sip_call_id == invite.header("Call-ID"));
    waker.accept(waker.asked[0].id);
    timers.advance(3s);
    CHECK(silent(pbx));

    const sip::FlowId back = wake(*locator.find(1), "198.51.100.8:50000");
    const Sent held = take(back, "INVITE sip:phone@198.51.100.7:40001;transport=tls");
    CHECK(held.header("CSeq") == "2 INVITE");
    CHECK(held.body().find("s=offer 1 for phone") != std::string::npos);
    CHECK(take(back, "INFO ").header("CSeq") == "3 INFO");
    answer(held, 200, "", with_sdp("Contact: <sip:phone@198.51.100.8:50000;transport=tls>"));
    take(back, "ACK sip:phone@198.51.100.8:50000;transport=tls");
    CHECK(take_words(pbx) == "200");
    CHECK(CallRig::steps(calls.snapshot().at(0)).ends_with("answered woken moved hold"));
}

TEST_CASE_FIXTURE(UpCall, "scenario 33: a request for a phone that does not come back is answered in time") {
    lose_phone();
    for (const bool pushed : {true, false}) {
        media.transcript.clear();
        caller_sends(ok, "UPDATE", pushed ? 2 : 3, kHoldSdp);
        CHECK(silent(pbx));
        const push::WakeId push = waker.asked.back().id;
        if (pushed)
            waker.accept(push), timers.advance(20s);
        else
            waker.answer(push, {push::WakeOutcome::TokenDead, 410, "Unregistered"});
        CHECK(take_words(pbx) == "480");
        CHECK(media.transcript.back() == "rollback 1");
    }
    CHECK(waker.asked.size() == 2);
    CHECK(calls.count() == 1);
}

TEST_CASE_FIXTURE(UpCall, "a re-INVITE that waits for the phone can be cancelled, and ends with the call") {
    lose_phone();
    last.call_id = "re";
    const auto from_pbx = [&](std::string_view method, int cseq) {
        transport.receive(
            pbx, std::string(method) +
                     " sip:alice@10.0.0.4:5080 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKre" +
                     std::to_string(cseq) + "\nFrom: " + ok.header("From") + "\nTo: " + ok.header("To") +
                     "\nCall-ID: pbx-call\nCSeq: " + std::to_string(cseq) + " " + std::string(method) +
                     "\nContact: <sip:1001@10.0.0.5>\n");
    };
    from_pbx("INVITE", 2);
    from_pbx("CANCEL", 2);
    CHECK(take_words(pbx) == "100 200 487");
    CHECK(waker.open_count() == 0); // nobody waits any more
    from_pbx("INVITE", 3);
    from_pbx("BYE", 4);
    CHECK(take_words(pbx) == "100 200 481");
    CHECK(waker.open_count() == 0);
    CHECK(calls.count() == 0);
}

TEST_CASE_FIXTURE(UpCall, "a side that answers a re-INVITE with 481 has lost the call: it ends for both") {
    caller_sends(ok, "INVITE", 2, std::string("Contact: <sip:1001@10.0.0.5>\n") + kHoldSdp);
    phone_answers(take(phone, "INVITE "), 481);
    CHECK(take_words(pbx) == "100 481 BYE");
    CHECK(calls.count() == 0);
}

TEST_CASE_FIXTURE(UpCall,
                  "REFER passes with its target translated, and its NOTIFY says no more than a status") {
    send_back(invite, "REFER", 1, "far",
              "Refer-To: <sip:carol@198.51.100.7?Replaces=" + invite.header("Call-ID") + "%3Bto-tag%3D" +
                  std::string(invite.message().from_tag()) +
                  "%3Bfrom-tag%3Dfar>\n"
                  "Referred-By: <sip:alice@198.51.100.7>\nContact: <sip:p@198.51.100.7>\n");
    const Sent refer = take(pbx, "REFER ");
    const std::string tag(ok.message().to_tag());
    CHECK(refer.header("Refer-To") ==
          "<sip:carol@example.com?Replaces=pbx-call%3bto-tag%3dpbx%3bfrom-tag%3d" + tag + ">");
    CHECK(refer.header("Referred-By") == "<sip:alice@example.com>");
    answer(refer, 202, "", "Contact: <sip:1001@10.0.0.5>");
    CHECK(take_words(phone) == "202");
    caller_sends(
        ok, "NOTIFY", 2,
        "Event: refer\nSubscription-State: active;expires=60\nContent-Type: message/sipfrag;version=2.0\n\n"
        "SIP/2.0 100 Trying\nVia: SIP/2.0/UDP 10.0.0.9\n");
    const Sent notify = take(phone, "NOTIFY ");
    CHECK(notify.body() == "SIP/2.0 100 Trying\r\n");
    CHECK(notify.header("Subscription-State") == "active;expires=60");
}

TEST_CASE("100rel runs end to end: RSeq and RAck are ours on each side") {
    CallRig rig; // proves: SBC-CALL-05
    const sip::FlowId phone = rig.awake(1);
    rig.dial({.more = "Supported: 100rel\n"});
    const Sent invite = rig.take(phone, "INVITE ");
    CHECK(invite.header("Supported") == "100rel, timer");
    const std::string reliable =
        with_sdp("Contact: <sip:phone@198.51.100.7:40001>\nRequire: 100rel\nRSeq: 7788");
    rig.answer(invite, 183, "far", reliable);
    rig.take(rig.pbx, "SIP/2.0 100");
    const Sent early = rig.take(rig.pbx, "SIP/2.0 183");
    CHECK(early.header("Require") == "100rel");
    CHECK(early.header("RSeq") == "1");
    CHECK_FALSE(early.body().empty());
    rig.answer(invite, 183, "far", reliable); // the phone repeats it until its PRACK
    CHECK(rig.take(rig.pbx, "SIP/2.0 183").header("RSeq") == "1");

    rig.caller_sends(early, "PRACK", 2, "RAck: 1 1 INVITE\n");
    const Sent prack = rig.take(phone, "PRACK sip:phone@198.51.100.7:40001 SIP/2.0");
    CHECK(prack.header("RAck") == "7788 1 INVITE");
    rig.answer(prack, 200, "");
    CHECK(rig.take_words(rig.pbx) == "200");
    rig.caller_sends(early, "PRACK", 3, "RAck: 99 1 INVITE\n");
    CHECK(rig.take_words(rig.pbx) == "481");
    rig.answer_with_sdp(invite, 200);
    CHECK(rig.take_words(rig.pbx) == "200");
}

TEST_CASE(
    "scenario 31: our own 180 is reliable when the PBX requires it, and a missing PRACK ends the call") {
    CallRig rig;
    const auto binding = rig.sleeping(1);
    rig.dial({.more = "Require: 100rel\n"});
    rig.take(rig.pbx, "SIP/2.0 100");
    const Sent ringing = rig.take(rig.pbx, "SIP/2.0 180");
    CHECK(ringing.header("Require") == "100rel");
    CHECK(ringing.header("RSeq") == "1");
    SUBCASE("acknowledged") {
        rig.timers.advance(500ms);
        CHECK(rig.take_words(rig.pbx) == "180");
        rig.caller_sends(ringing, "PRACK", 2, "RAck: 1 1 INVITE\n");
        CHECK(rig.take_words(rig.pbx) == "200");
        rig.timers.advance(5s);
        CHECK(rig.silent(rig.pbx));
        const Sent invite = rig.take(rig.wake(binding), "INVITE ");
        rig.answer(invite, 180, "far", "Contact: <sip:phone@198.51.100.7:40001>\nRequire: 100rel\nRSeq: 5");
        CHECK(rig.take(rig.pbx, "SIP/2.0 180").header("RSeq") == "2");
    }
    SUBCASE("not acknowledged") {
        const Sent invite = rig.take(rig.wake(binding), "INVITE ");
        rig.answer(invite, 180, "far", "Contact: <sip:phone@198.51.100.7:40001>\nRequire: 100rel\nRSeq: 5");
        rig.timers.advance(32s);
        CHECK(rig.take_words(rig.pbx).ends_with("180 504"));
        CHECK(rig.calls.count() == 0);
    }
}

TEST_CASE_FIXTURE(UpCall, "an INVITE with Replaces reaches the device of that call, in its own names") {
    const std::string to_tag(ok.message().to_tag());
    dial({.call_id = "transfer", .more = "Replaces: pbx-call;to-tag=" + to_tag + ";from-tag=pbx\n"});
    const Sent second = take(phone, "INVITE "); // scenario 34
    CHECK(second.header("Replaces") ==
          invite.header("Call-ID") + ";to-tag=far;from-tag=" + std::string(invite.message().from_tag()));
    dial({.call_id = "unknown", .more = "Replaces: other;to-tag=a;from-tag=b\n"});
    CHECK(take_words(pbx) == "100 100 481");
}

TEST_CASE_FIXTURE(UpCall,
                  "a re-INVITE that a phone between two networks does not answer leaves the call up") {
    caller_sends(ok, "INVITE", 2,
                 std::string("Contact: <sip:1001@10.0.0.5>\n") + kHoldSdp); // proves: SBC-NET-01
    timers.advance(33s);
    CHECK(take_words(pbx).starts_with("100 480"));
    CHECK(calls.count() == 1);
    wake(*locator.find(1), "203.0.113.50:5");
    caller_sends(ok, "BYE", 3);
    CHECK(take_words(pbx) == "200");
    CHECK(calls.count() == 0);
}

TEST_CASE_FIXTURE(UpCall, "a call outlives a minute without a connection of the phone, and ends well") {
    lose_phone(); // proves: SBC-NET-02
    timers.advance(60s);
    CHECK(calls.count() == 1);
    CHECK(silent(pbx));
    CHECK(waker.asked.empty());
    SUBCASE("it comes back and hangs up") {
        const sip::FlowId back = wake(*locator.find(1), "203.0.113.50:5");
        Sent there = invite;
        there.flow = back;
        send_back(there, "BYE", 1);
        CHECK(take_words(back) == "200");
        CHECK(take_words(pbx) == "BYE");
    }
    SUBCASE("the PBX hangs up while it is away, and it hears so when it is back") {
        caller_sends(ok, "BYE", 2, "Reason: Q.850;cause=16\n");
        CHECK(take_words(pbx) == "200");
        const sip::FlowId back = wake(*locator.find(1), "203.0.113.50:5");
        const Sent bye = take(back, "BYE sip:phone@198.51.100.7:40001;transport=tls SIP/2.0");
        CHECK(bye.header("Call-ID") == invite.header("Call-ID"));
        answer(bye, 200, "");
        CHECK(silent(wake(*locator.find(1), "203.0.113.50:6")));
    }
    SUBCASE("the PBX hangs up, and it comes back much later") {
        caller_sends(ok, "BYE", 2);
        CHECK(take_words(pbx) == "200");
        timers.advance(3min);
        CHECK(silent(wake(*locator.find(1), "203.0.113.50:5")));
    }
    SUBCASE("nobody sends media any more") {
        calls.on_media_timeout(1);
        CHECK(take_words(pbx) == "BYE");
    }
    CHECK(calls.count() == 0);
    CHECK(media.open_sessions() == 0);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("call/transfer");

TEST_CASE_FIXTURE(UpCall, "a transfer is ordered, told of, and fails; the call goes on as before") {
    // proves: SBC-XFER-01, SBC-XFER-02
    send_back(invite, "REFER", 1, "far",
              "Refer-To: <sip:2000@example.com>\nReferred-By: <sip:alice@example.com>\nContact: "
              "<sip:p@198.51.100.7>\n");
    const Sent refer = take(pbx, "REFER ");
    CHECK(refer.header("Refer-To") == "<sip:2000@example.com>");
    answer(refer, 202, "", "Contact: <sip:1001@10.0.0.5>");
    CHECK(take_words(phone) == "202");
    const auto notify = [&](int cseq, const std::string& state, const std::string& line) {
        caller_sends(ok, "NOTIFY", cseq,
                     "Event: refer\nSubscription-State: " + state + "\nContent-Type: message/sipfrag\n\n" +
                         line + "\n");
        const Sent told = take(phone, "NOTIFY ");
        CHECK(told.body() == line + "\r\n");
        CHECK(told.header("Subscription-State") == state);
        answer(told, 200, "");
        CHECK(take_words(pbx) == "200");
    };
    notify(2, "active;expires=60", "SIP/2.0 100 Trying");
    notify(3, "terminated;reason=noresource", "SIP/2.0 486 Busy Here");
    send_back(invite, "INVITE", 2, "far", with_sdp("Contact: <sip:p@198.51.100.7>")); // retrieved
    answer(take(pbx, "INVITE "), 200, "", with_sdp("Contact: <sip:1001@10.0.0.5>"));
    CHECK(take_words(phone) == "100 200");
    CHECK(calls.count() == 1);
}

TEST_CASE_FIXTURE(UpCall, "a transfer without reports keeps its Refer-Sub, and a refused one its reason") {
    send_back(invite, "REFER", 1, "far",
              "Refer-To: <sip:2000@example.com>\nRefer-Sub: false\nSupported: norefersub\nContact: "
              "<sip:p@198.51.100.7>\n");
    const Sent refer = take(pbx, "REFER ");
    CHECK(refer.header("Refer-Sub") == "false");
    answer(refer, 200, "", "Refer-Sub: false\nContact: <sip:1001@10.0.0.5>");
    CHECK(take(phone, "SIP/2.0 200").header("Refer-Sub") == "false");
    send_back(invite, "REFER", 2, "far", "Refer-To: <sip:3000@example.com>\nContact: <sip:p@198.51.100.7>\n");
    answer(take(pbx, "REFER "), 603, "", "Warning: 399 10.0.0.5 \"not allowed\"");
    CHECK(take(phone, "SIP/2.0 603").header("Warning") == "399 example.com \"not allowed\"");
    CHECK(calls.snapshot().at(0).timeline.back().detail == "603 Decline: not allowed"); // proves: SBC-MOVE-10
}

TEST_CASE_FIXTURE(
    UpCall, "a REFER of the PBX waits for a phone that sleeps, and names dialogs as the PBX knows them") {
    lose_phone();
    caller_sends(ok, "REFER", 2,
                 "Contact: <sip:1001@10.0.0.5>\n"
                 "Refer-To: <sip:3000@10.0.0.5?Replaces=desk%40pbx%3Bto-tag%3D1%3Bfrom-tag%3D2>\n");
    REQUIRE(waker.asked.size() == 1);
    waker.accept(waker.asked[0].id);
    const sip::FlowId back = wake(*locator.find(1), "203.0.113.50:5");
    const Sent refer = take(back, "REFER ");
    CHECK(refer.header("Refer-To") ==
          "<sip:3000@example.com?Replaces=desk%40pbx%3bto-tag%3d1%3bfrom-tag%3d2>");
    answer(refer, 202, "", "Contact: <sip:phone@203.0.113.50:5>");
    CHECK(take_words(pbx) == "202");
}

TEST_CASE_FIXTURE(UpCall, "a phone takes over a call: its own by our names, any other by those of the PBX") {
    // proves: SBC-MOVE-03, SBC-MOVE-04
    const sip::FlowId tablet = awake(2, "203.0.113.50:5");
    const auto pull = [&](const std::string& replaces) {
        const std::string n = std::to_string(++branches);
        transport.receive(
            tablet, "INVITE sip:1001@example.com SIP/2.0\nVia: SIP/2.0/TLS 203.0.113.50;branch=z9hG4bKp" + n +
                        "\nMax-Forwards: 70\nRequire: replaces\nFrom: <sip:alice@example.com>;tag=t" + n +
                        "\nTo: <sip:1001@example.com>\nCall-ID: pull" + n +
                        "\nCSeq: 1 INVITE\nContact: <sip:a@203.0.113.50>\nReplaces: " + replaces +
                        CallRig::kSdp);
        take(tablet, "SIP/2.0 100");
        return take(pbx, "INVITE ");
    };
    const std::string tag(ok.message().to_tag());
    const Sent own = pull(invite.header("Call-ID") + ";to-tag=" + std::string(invite.message().from_tag()) +
                          ";from-tag=far");
    CHECK(own.header("Replaces") == "pbx-call;to-tag=pbx;from-tag=" + tag);
    CHECK(own.header("Require") == "replaces");
    const std::string as_told = "pbx-call;to-tag=pbx;from-tag=" + tag; // in a dialog-info of the PBX
    CHECK(pull(as_told).header("Replaces") == as_told);
    const Sent desk = pull("desk@10.0.0.9;to-tag=1;from-tag=2;early-only");
    CHECK(desk.header("Replaces") == "desk@10.0.0.9;to-tag=1;from-tag=2;early-only");
    answer(desk, 603, "", "Warning: 399 10.0.0.5 \"call cannot be moved\"");
    CHECK(take_words(tablet) == "603");
    CHECK(record().reason == "603 Decline: call cannot be moved"); // proves: SBC-MOVE-10
    CHECK(CallRig::steps(record()) == "invite takes_over invite_sent rejected ended");
}

TEST_SUITE_END();

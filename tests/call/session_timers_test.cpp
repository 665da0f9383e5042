// SPDX-License-Identifier: Apache-2.0
#include "call/up_call.h"

using namespace std::chrono_literals;
using namespace wakeline;
using test::CallRig;
using test::Sent;
using test::UpCall;
using test::with_sdp;

namespace {

constexpr auto kPhoneContact = "Contact: <sip:phone@198.51.100.7:40001;transport=tls>";

/// A call of the PBX to an awake phone; both say what they know of session timers.
struct Timed : CallRig {
    void up(const std::string& pbx_says, const std::string& phone_says) {
        dial({.more = pbx_says});
        invite = take(phone, "INVITE ");
        answer(invite, 200, "far", with_sdp(phone_says + kPhoneContact));
        take(phone, "ACK ");
        take(pbx, "SIP/2.0 100");
        ok = take(pbx, "SIP/2.0 200");
        caller_sends(ok, "ACK", 1);
    }
    const std::string& reason() const { return record().reason; }

    sip::FlowId phone = awake(1);
    Sent invite, ok;
};

} // namespace

TEST_SUITE_BEGIN("call/session_timers");

TEST_CASE_FIXTURE(Timed, "each leg has its own session timer, and we take the turn of a phone (RFC 4028)") {
    up("Supported: timer\nSession-Expires: 600\nAllow: INVITE, UPDATE\n", // proves: SBC-CALL-06
       "Require: timer\nSession-Expires: 1200;refresher=uac\nAllow: INVITE, UPDATE\n");
    CHECK(invite.header("Session-Expires") == "1800;refresher=uac");
    CHECK(invite.message().has_token("Supported", "timer"));
    CHECK(ok.header("Session-Expires") == "600;refresher=uac"); // the PBX refreshes, as it left to us
    CHECK(ok.header("Require") == "timer");
    timers.advance(300s);
    CHECK(silent(pbx));
    timers.advance(260s);
    caller_sends(ok, "UPDATE", 2, "Supported: timer\nSession-Expires: 600;refresher=uac\n");
    CHECK(take(pbx, "SIP/2.0 200").header("Session-Expires") == "600;refresher=uac");
    CHECK(silent(phone)); // nothing that the phone should know
    timers.advance(40s);
    const Sent update = take(phone, "UPDATE ");
    CHECK(update.header("Session-Expires") == "1200;refresher=uac");
    CHECK(update.body().empty());
    answer(update, 200, "", "Session-Expires: 1200;refresher=uac\n");
    timers.advance(500s);
    CHECK(calls.count() == 1);
    CHECK(silent(phone));
}

TEST_CASE_FIXTURE(Timed,
                  "a side that does not refresh in time has ended the call, for both with the reason") {
    up("Supported: timer\nSession-Expires: 600;refresher=uac\n", "Session-Expires: 1800;refresher=uas\n");
    timers.advance(567s);
    CHECK(take_words(pbx).empty());
    timers.advance(1s);
    CHECK(take(pbx, "BYE ").header("Reason") == R"(SIP;cause=408;text="session expired")");
    CHECK(take(phone, "BYE ").header("Reason") == R"(SIP;cause=408;text="session expired")");
    CHECK(reason() == "session expired");
    CHECK(CallRig::steps(record()).ends_with("answered session_expired ended"));
    CHECK(media.open_sessions() == 0);
}

TEST_CASE_FIXTURE(Timed,
                  "sides that know neither timers nor UPDATE are asked by a re-INVITE that changes nothing") {
    up("", "");
    media.transcript.clear();
    CHECK(ok.header("Session-Expires") == "1800;refresher=uas");
    timers.advance(900s);
    const Sent to_phone = take(phone, "INVITE ");
    CHECK(to_phone.body().find("s=offer 1 for phone") != std::string::npos);
    CHECK(silent(pbx)); // one offer at a time
    answer(to_phone, 200, "", with_sdp("Contact: <sip:moved@198.51.100.7:40001>"));
    take(phone, "ACK sip:moved@198.51.100.7:40001");
    answer(to_phone, 200, "", with_sdp("Contact: <sip:moved@198.51.100.7:40001>")); // again
    CHECK(take_words(phone) == "ACK");
    timers.advance(10s);
    const Sent to_pbx = take(pbx, "INVITE sip:1001@10.0.0.5:5060 SIP/2.0");
    CHECK(to_pbx.body().find("s=offer 1 for trunk") != std::string::npos);
    answer(to_pbx, 200, "", with_sdp("Contact: <sip:1001@10.0.0.5:5060>"));
    CHECK(take_words(pbx) == "ACK");
    CHECK(media.transcript == std::vector<std::string>{"offer 1 from trunk", "answer 1 from phone",
                                                       "offer 1 from phone", "answer 1 from trunk"});
    timers.advance(880s);
    CHECK(calls.count() == 1);
}

TEST_CASE_FIXTURE(Timed, "a call whose both ends are dead is found out and ended") {
    up("Allow: INVITE, UPDATE\n", "Allow: INVITE, UPDATE\n");
    waker.supports_requests = false;
    timers.advance(900s);
    CHECK(take_words(pbx) == "UPDATE");
    timers.advance(40s);
    CHECK(calls.count() == 0);
    CHECK(media.open_sessions() == 0);
    CHECK(reason() == "session expired");
}

TEST_CASE_FIXTURE(Timed, "a peer that has lost the call says so to the refresh, and it ends at once") {
    up("Allow: INVITE, UPDATE\n", "Allow: INVITE, UPDATE\n");
    timers.advance(900s);
    answer(take(pbx, "UPDATE "), 481, "");
    CHECK(take_words(phone) == "UPDATE BYE");
    CHECK(calls.count() == 0);
}

TEST_CASE_FIXTURE(Timed,
                  "a refresh that meets another transaction is sent again after the pause of its side") {
    up("Allow: INVITE, UPDATE\n", "Allow: INVITE, UPDATE\n");
    timers.advance(900s);
    answer(take(phone, "UPDATE "), 491, ""); // we made its Call-ID: 2.1 to 4 s (RFC 3261 14.1)
    answer(take(pbx, "UPDATE "), 491, "");   // the PBX made this one: 0 to 2 s
    timers.advance(2050ms);
    CHECK(take_words(pbx) == "UPDATE");
    CHECK(silent(phone));
    timers.advance(2s);
    CHECK(take_words(phone) == "UPDATE");
}

TEST_CASE_FIXTURE(
    Timed, "a peer that takes no UPDATE after all is asked by re-INVITE, one that challenges is alive") {
    up("Allow: INVITE, UPDATE\n", "Allow: INVITE, UPDATE\n");
    timers.advance(900s);
    answer(take(phone, "UPDATE "), 501, "");
    answer(take(phone, "INVITE "), 200, "", with_sdp(kPhoneContact));
    CHECK(take_words(phone) == "ACK");
    answer(take(pbx, "UPDATE "), 407, "", "Proxy-Authenticate: Digest realm=\"x\", nonce=\"y\"\n");
    timers.advance(880s);
    CHECK(calls.count() == 1);
}

TEST_CASE("a session that is shorter than we take is refused with our minimum (422)") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial({.more = "Supported: timer\nSession-Expires: 60\n"});
    rig.take(rig.pbx, "SIP/2.0 100");
    const Sent refused = rig.take(rig.pbx, "SIP/2.0 422");
    CHECK(refused.header("Min-SE") == "90");
    CHECK(rig.silent(phone));
    CHECK(rig.calls.count() == 0);
    rig.dial({.call_id = "again", .more = "Supported: timer\nSession-Expires: 90\nMin-SE: 90\n"});
    rig.answer_with_sdp(rig.take(phone, "INVITE "), 200);
    rig.take(rig.pbx, "SIP/2.0 100");
    CHECK(rig.take(rig.pbx, "SIP/2.0 200").header("Session-Expires") == "90;refresher=uac");
}

TEST_CASE_FIXTURE(Timed,
                  "a re-INVITE or UPDATE that shortens the session too much is refused, the call goes on") {
    up("Supported: timer\nSession-Expires: 600\n", "");
    caller_sends(ok, "UPDATE", 2, "Supported: timer\nSession-Expires: 30\n");
    CHECK(take(pbx, "SIP/2.0 422").header("Min-SE") == "90");
    caller_sends(ok, "INVITE", 3,
                 with_sdp("Contact: <sip:1001@10.0.0.5>\nSupported: timer\nSession-Expires: 30"));
    CHECK(take_words(pbx) == "100 422");
    CHECK(silent(phone));
    CHECK(calls.count() == 1);
}

TEST_CASE("a callee that wants a longer session gets the INVITE again, with its minimum") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    const Sent first = rig.take(phone, "INVITE ");
    rig.answer(first, 422, "far", "Min-SE: 3600\n");
    CHECK(rig.take_words(phone) == "ACK INVITE");
    CHECK(rig.take_words(rig.pbx) == "100");
}

TEST_CASE("a longer session is asked for once, with the next CSeq of the same dialog") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    const Sent first = rig.take(phone, "INVITE ");
    rig.answer(first, 422, "far", "Min-SE: 3600\n");
    rig.take(phone, "ACK ");
    const Sent second = rig.take(phone, "INVITE ");
    CHECK(second.header("Session-Expires") == "3600;refresher=uac");
    CHECK(second.header("Min-SE") == "3600");
    CHECK(second.header("CSeq") == "2 INVITE");
    CHECK(second.header("Call-ID") == first.header("Call-ID"));
    CHECK(second.header("From") == first.header("From"));
    CHECK(second.body() == first.body());
    SUBCASE("it is answered") {
        rig.answer_with_sdp(second, 200);
        CHECK(rig.take(phone, "ACK ").header("CSeq") == "2 ACK");
        CHECK(rig.take_words(rig.pbx) == "100 200");
    }
    SUBCASE("it wants more again") {
        rig.answer(second, 422, "far", "Min-SE: 7200\n");
        CHECK(rig.take_words(phone) == "ACK");
        CHECK(rig.take_words(rig.pbx) == "100 422");
    }
}

TEST_CASE("the INVITE to the PBX, too, is lengthened, and leaves the turn to the PBX") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.transport.receive(
        phone, "INVITE sip:1001@example.com SIP/2.0\nVia: SIP/2.0/TLS 198.51.100.7;branch=z9hG4bKo\n"
               "Max-Forwards: 70\nFrom: <sip:alice@example.com>;tag=p\nTo: <sip:1001@example.com>\n"
               "Call-ID: out\nCSeq: 5 INVITE\nContact: <sip:a@198.51.100.7:40001>" +
                   std::string(CallRig::kSdp));
    const Sent first = rig.take(rig.pbx, "INVITE ");
    CHECK(first.header("Session-Expires") == "1800");
    rig.answer(first, 422, "far", "Min-SE: 2000\n");
    rig.take(rig.pbx, "ACK ");
    const Sent second = rig.take(rig.pbx, "INVITE ");
    CHECK(second.header("Session-Expires") == "2000");
    rig.answer_with_sdp(second, 200);
    CHECK(rig.take_words(rig.pbx) == "ACK");
    rig.take(phone, "SIP/2.0 100");
    CHECK(rig.take(phone, "SIP/2.0 200").header("Session-Expires") == "1800;refresher=uas"); // our turn
}

TEST_CASE_FIXTURE(Timed,
                  "a re-INVITE that is too short for the far side is repeated, and nobody hears of it") {
    up("", ""); // RFC 4028 7.4
    caller_sends(ok, "INVITE", 2, with_sdp("Contact: <sip:1001@10.0.0.5>"));
    const Sent first = take(phone, "INVITE ");
    answer(first, 422, "", "Min-SE: 3600\n");
    take(phone, "ACK ");
    const Sent second = take(phone, "INVITE ");
    CHECK(second.header("Session-Expires") == "3600;refresher=uac");
    CHECK(second.header("Min-SE") == "3600");
    CHECK(second.message().cseq().number == first.message().cseq().number + 1);
    CHECK(second.body() == first.body());
    SUBCASE("it takes that") {
        answer(second, 200, "", with_sdp(kPhoneContact));
        CHECK(take(phone, "ACK ").header("CSeq") == std::to_string(second.message().cseq().number) + " ACK");
        CHECK(take_words(pbx) == "100 200");
    }
    SUBCASE("it wants more and more") {
        answer(second, 422, "", "Min-SE: 7200\n");
        CHECK(take_words(phone) == "ACK");
        CHECK(take_words(pbx) == "100 500");
    }
    CHECK(calls.count() == 1);
}

TEST_CASE_FIXTURE(Timed, "an UPDATE that is too short for the PBX is repeated") {
    up("Allow: INVITE, UPDATE\n", "");
    send_back(invite, "UPDATE", 1, "far", with_sdp(kPhoneContact));
    answer(take(pbx, "UPDATE "), 422, "", "Min-SE: 2000\n");
    const Sent second = take(pbx, "UPDATE ");
    CHECK(second.header("Session-Expires").starts_with("2000"));
    answer(second, 200, "", with_sdp("Contact: <sip:1001@10.0.0.5>"));
    CHECK(take_words(phone) == "200");
}

TEST_CASE_FIXTURE(Timed,
                  "a refresh of the PBX does not wake a phone that sleeps; one that changes something does") {
    up("Supported: timer\nSession-Expires: 600\n", "");
    locator.fall_asleep(1);
    transport.disconnect(phone);
    caller_sends(ok, "INVITE", 2,
                 with_sdp("Contact: <sip:1001@10.0.0.5>\nSupported: timer\nSession-Expires: 600"));
    take(pbx, "SIP/2.0 100");
    const Sent same = take(pbx, "SIP/2.0 200");
    CHECK(same.body().find("s=answer 1 for trunk") != std::string::npos);
    CHECK(same.header("Session-Expires") == "600;refresher=uac");
    timers.advance(500ms);
    CHECK(take_words(pbx) == "200"); // until its ACK
    caller_sends(same, "ACK", 2);
    timers.advance(40s);
    CHECK(silent(pbx));
    CHECK(waker.asked.empty());
    caller_sends(ok, "UPDATE", 3, "Supported: timer\nSession-Expires: 600;refresher=uac\n");
    CHECK(take_words(pbx) == "200");
    CHECK(waker.asked.empty());
    caller_sends(ok, "UPDATE", 4, "P-Asserted-Identity: <sip:1002@10.0.0.5>\n"); // RFC 4916
    CHECK(waker.asked.size() == 1);
}

TEST_CASE_FIXTURE(Timed,
                  "a phone that sleeps through its turn is woken before the session ends, and refreshed") {
    up("Supported: timer\nSession-Expires: 90000\n", "Session-Expires: 600;refresher=uas\nAllow: UPDATE\n");
    locator.fall_asleep(1);
    transport.disconnect(phone);
    timers.advance(568s);
    REQUIRE(waker.asked.size() == 1);
    CHECK(waker.asked[0].request.kind == push::WakeKind::Request);
    waker.accept(waker.asked[0].id);
    timers.advance(5s);
    const sip::FlowId back = wake(*locator.find(1), "203.0.113.9:9");
    const Sent update = take(back, "UPDATE ");
    CHECK(update.header("Session-Expires") == "600;refresher=uac"); // we take its turn
    answer(update, 200, "", "Session-Expires: 600;refresher=uac\n");
    timers.advance(299s);
    CHECK(silent(back));
    timers.advance(1s);
    CHECK(take_words(back) == "UPDATE");
}

TEST_CASE_FIXTURE(Timed, "a phone that is gone for good is given up when its session ends") {
    up("", "Session-Expires: 600;refresher=uas\n");
    locator.fall_asleep(1);
    transport.disconnect(phone);
    timers.advance(568s);
    waker.answer(waker.asked.at(0).id, {push::WakeOutcome::TokenDead, 410, "Unregistered"});
    CHECK(take_words(pbx) == "BYE");
    CHECK(calls.count() == 0);
}

TEST_CASE("without a session timer only a side that asks for one has it") {
    CallRig rig({.domains = {"example.com"}, .own_addresses = {"10.0.0.4"}, .rules = {.session_timer = 0s}});
    const sip::FlowId phone = rig.awake(1);
    rig.dial({.more = "Supported: timer\nSession-Expires: 120\n"});
    const Sent invite = rig.take(phone, "INVITE ");
    CHECK(invite.header("Session-Expires") == "-");
    rig.answer_with_sdp(invite, 200);
    CHECK(rig.take_words(phone) == "ACK");
    rig.take(rig.pbx, "SIP/2.0 100");
    const Sent ok = rig.take(rig.pbx, "SIP/2.0 200");
    CHECK(ok.header("Session-Expires") == "120;refresher=uac");
    rig.caller_sends(ok, "ACK", 1);
    rig.timers.advance(88s);
    CHECK(rig.take_words(rig.pbx) == "BYE");
}

TEST_SUITE_END();

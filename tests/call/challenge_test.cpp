// SPDX-License-Identifier: Apache-2.0
#include "call/phone_rig.h"
#include "call/up_call.h"

using namespace std::chrono_literals;
using namespace wakeline;
using test::Sent;
using test::TwoTrunks;
using test::UpCall;
using test::with_sdp;

namespace {

constexpr auto kChallenge = "Proxy-Authenticate: Digest realm=\"x\", nonce=\"y\"\n";
constexpr auto kOurs = "Digest ours";

} // namespace

TEST_SUITE_BEGIN("call/challenge");

TEST_CASE_FIXTURE(TwoTrunks, "a provider that challenges a call gets the password of the trunk") {
    hop.password = true;
    call("sip:1001@example.com");
    const Sent first = take(pbx, "INVITE ");
    answer(first, 407, "far", kChallenge);
    take(pbx, "ACK ");
    const Sent again = take(pbx, "INVITE ");
    CHECK(again.header("Proxy-Authorization") == kOurs);
    CHECK(again.header("Call-ID") == first.header("Call-ID"));
    CHECK(again.header("CSeq") == "2 INVITE");
    CHECK(again.body() == first.body());
    SUBCASE("it takes it") {
        answer_with_sdp(again, 200);
        CHECK(take(pbx, "ACK ").header("CSeq") == "2 ACK");
        CHECK(take_words(phone) == "100 200");
    }
    SUBCASE("it does not: the phone hears what it says") {
        answer(again, 407, "far", kChallenge);
        CHECK(take_words(pbx) == "ACK");
        CHECK(take_words(phone) == "100 407");
    }
}

TEST_CASE_FIXTURE(TwoTrunks, "without a password of ours the challenge is the phone's") {
    call("sip:1001@example.com");
    answer(take(pbx, "INVITE "), 407, "far", kChallenge);
    CHECK(take_words(pbx) == "ACK");
    CHECK(take_words(phone) == "100 407");
}

TEST_CASE_FIXTURE(TwoTrunks, "so does one that challenges a MESSAGE, with the next CSeq") {
    hop.password = true;
    transport.receive(phone, "MESSAGE sip:1001@example.com SIP/2.0\nVia: SIP/2.0/TLS "
                             "198.51.100.7:40001;branch=z9hG4bKm\nFrom: <sip:alice@example.com>;tag=p\n"
                             "To: <sip:1001@example.com>\nCall-ID: m\nCSeq: 7 MESSAGE\n");
    answer(take(pbx, "MESSAGE "), 407, "far", kChallenge);
    const Sent again = take(pbx, "MESSAGE ");
    CHECK(again.header("CSeq") == "8 MESSAGE");
    CHECK(again.header("Proxy-Authorization") == kOurs);
    answer(again, 407, "far", kChallenge);
    CHECK(take_words(phone) == "407");
}

TEST_CASE_FIXTURE(UpCall, "a challenge inside a call is answered, and the phone hears nothing of it") {
    hop.password = true;
    send_back(invite, "INFO", 1, "far", "Content-Type: application/dtmf-relay\n\nSignal=1\n");
    const Sent first = take(pbx, "INFO ");
    answer(first, 407, "", kChallenge);
    const Sent again = take(pbx, "INFO ");
    CHECK(again.message().cseq().number == first.message().cseq().number + 1);
    CHECK(again.header("Proxy-Authorization") == kOurs);
    CHECK(again.body() == first.body());
    answer(again, 200, "");
    CHECK(take_words(phone) == "200");
}

TEST_CASE_FIXTURE(UpCall, "a hang-up that is challenged is said again: the provider's clock runs") {
    hop.password = true;
    send_back(invite, "BYE", 1);
    answer(take(pbx, "BYE "), 407, "", kChallenge);
    const Sent again = take(pbx, "BYE ");
    CHECK(again.header("Proxy-Authorization") == kOurs);
    answer(again, 407, "", kChallenge);
    CHECK(silent(pbx));
    CHECK(calls.count() == 0);
}

TEST_CASE("a session refresh of ours that is challenged goes out again with the password") {
    UpCall rig("Allow: INVITE, UPDATE\n");
    rig.hop.password = true;
    rig.timers.advance(900s);
    rig.take(rig.phone, "INVITE "); // its own turn
    const Sent first = rig.take(rig.pbx, "UPDATE ");
    rig.answer(first, 407, "", kChallenge);
    const Sent again = rig.take(rig.pbx, "UPDATE ");
    CHECK(again.header("Proxy-Authorization") == kOurs);
    CHECK(again.message().cseq().number == first.message().cseq().number + 1);
    rig.answer(again, 407, "", kChallenge); // a wrong password does not end the call
    CHECK(rig.silent(rig.pbx));
    CHECK(rig.calls.count() == 1);
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include "call/call_rig.h"

using namespace std::chrono_literals;
using namespace wakeline;
using test::CallRig;
using test::Sent;

namespace {

struct Redirecting : CallRig {
    explicit Redirecting(call::Redirects redirects = call::Redirects::Follow)
        : CallRig({.domains = {"example.com"},
                   .own_addresses = {"10.0.0.4"},
                   .rules = {.redirects = redirects}}) {}

    void call_out(sip::FlowId phone, const std::string& number) {
        transport.receive(phone, "INVITE sip:" + number +
                                     "@example.com SIP/2.0\nVia: SIP/2.0/TLS 198.51.100.7;branch=z9hG4bKout\n"
                                     "Max-Forwards: 70\nFrom: <sip:alice@example.com>;tag=p\nTo: <sip:" +
                                     number +
                                     "@example.com>\nCall-ID: out\nCSeq: 1 INVITE\n"
                                     "Contact: <sip:a@198.51.100.7:40001>" +
                                     kSdp);
        take(phone, "SIP/2.0 100");
    }
    void moved(const Sent& invite, const std::string& contact) {
        answer(invite, 302, "far", "Contact: " + contact + "\n");
        CHECK(take(invite.flow, "ACK ").flow == invite.flow);
    }
};

struct Passing : Redirecting {
    Passing() : Redirecting(call::Redirects::Pass) {}
};

} // namespace

TEST_SUITE_BEGIN("call/redirect");

TEST_CASE_FIXTURE(Passing, "a phone that deflects a call sends the PBX elsewhere, with the target it chose") {
    const sip::FlowId phone = awake(1); // proves: SBC-CALL-09
    dial();
    const Sent invite = take(phone, "INVITE ");
    answer(invite, 180, "far", "Contact: <sip:phone@198.51.100.7:40001>\n");
    moved(invite, "<sip:+4915112345@198.51.100.7>;q=1");
    take(pbx, "SIP/2.0 100");
    take(pbx, "SIP/2.0 180");
    CHECK(take(pbx, "SIP/2.0 302").header("Contact") == "<sip:+4915112345@example.com>;q=1");
    CHECK(calls.count() == 0);
}

TEST_CASE_FIXTURE(Redirecting,
                  "a redirect of the PBX is followed there, and the phone hears of the end only") {
    const sip::FlowId phone = awake(1);
    call_out(phone, "2000");
    moved(take(pbx, "INVITE sip:2000@example.com"), "<sip:3000@10.0.0.5>");
    const Sent second = take(pbx, "INVITE sip:3000@10.0.0.5 SIP/2.0");
    CHECK(second.header("To") == "<sip:2000@example.com>"); // as it was dialled
    answer_with_sdp(second, 200);
    take(pbx, "ACK ");
    CHECK(take_words(phone) == "200");
    CHECK(CallRig::steps(calls.snapshot().at(0)) ==
          "invite invite_sent rejected invite_sent redirected answered");
}

TEST_CASE_FIXTURE(Redirecting, "redirects that go round, or on and on, are passed to the caller in the end") {
    const sip::FlowId phone = awake(1);
    call_out(phone, "2000");
    SUBCASE("round") {
        moved(take(pbx, "INVITE sip:2000@"), "<sip:3000@example.com>");
        moved(take(pbx, "INVITE sip:3000@"), "<sip:2000@example.com>");
    }
    SUBCASE("on and on") {
        for (int number = 2000; number < 2005; ++number)
            moved(take(pbx, "INVITE sip:" + std::to_string(number)),
                  "<sip:" + std::to_string(number + 1) + "@example.com>");
    }
    SUBCASE("to where nobody can be called") { moved(take(pbx, "INVITE "), "<mailto:a@example.com>"); }
    CHECK(take_words(phone) == "302");
    CHECK(calls.count() == 0);
    CHECK(media.open_sessions() == 0);
}

TEST_CASE_FIXTURE(Redirecting, "what the new target says is what the caller hears") {
    const sip::FlowId phone = awake(1);
    call_out(phone, "2000");
    moved(take(pbx, "INVITE sip:2000@"), "<sip:3000@example.com>");
    answer(take(pbx, "INVITE sip:3000@"), 486);
    CHECK(take_words(phone) == "486");
}

TEST_CASE_FIXTURE(Redirecting, "a phone that deflects to a colleague has him called, though he sleeps") {
    const sip::FlowId phone = awake(1);
    const auto colleague = sleeping(7, "sip:bob@example.com");
    dial();
    moved(take(phone, "INVITE "), "<sip:bob@example.com>");
    REQUIRE(waker.asked.size() == 1);
    CHECK(waker.asked[0].request.aor == "sip:bob@example.com");
    CHECK(take_words(pbx) == "100 180");
    const sip::FlowId bob = wake(colleague, "198.51.100.9:9");
    answer_with_sdp(take(bob, "INVITE "), 200);
    CHECK(take_words(pbx) == "200");
}

TEST_CASE_FIXTURE(Redirecting, "a target that is no user of ours is the PBX's to call") {
    const sip::FlowId phone = awake(1);
    dial();
    moved(take(phone, "INVITE "), "<sip:+4915112345@example.com>");
    CHECK(take_words(pbx) == "100 302");
}

TEST_SUITE_END();

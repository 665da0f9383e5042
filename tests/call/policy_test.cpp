// SPDX-License-Identifier: Apache-2.0
#include "call/call_rig.h"

using namespace wakeline;
using test::CallRig;
using test::Sent;

namespace {

call::CallConfig config_with(auto edit) {
    call::CallConfig config{.domains = {"example.com"}, .own_addresses = {"10.0.0.4"}};
    config.to_trunks["pbx"] = {};
    edit(config);
    return config;
}

void phone_calls(CallRig& rig, sip::FlowId flow, const std::string& more) {
    const std::string id = std::to_string(++rig.branches);
    rig.transport.receive(
        flow, "INVITE sip:1001@example.com SIP/2.0\nVia: SIP/2.0/TLS 198.51.100.7;branch=z9hG4bKp" + id +
                  "\nMax-Forwards: 70\nFrom: <sip:alice@example.com>;tag=p\nTo: "
                  "<sip:1001@example.com>\nCall-ID: p" +
                  id + "\nCSeq: 1 INVITE\nContact: <sip:alice@198.51.100.7>\n" + more + (CallRig::kSdp + 1));
}

constexpr auto kTheirs = "P-Asserted-Identity: \"Boss\" <sip:boss@example.com>\n";
constexpr auto kPlainAnswer = "Contact: <sip:1001@10.0.0.5>";

} // namespace

TEST_SUITE_BEGIN("call/policy");

TEST_CASE("the PBX hears the identity that was registered, when it is asked to or always (RFC 3325)") {
    const auto heard = [](call::AssertIdentity when, const std::string& more) {
        CallRig rig(config_with([when](auto& config) { config.assert_identity["pbx"] = when; }));
        phone_calls(rig, rig.awake(1), more);
        return rig.take(rig.pbx, "INVITE ").header("P-Asserted-Identity");
    };
    CHECK(heard(call::AssertIdentity::Asked, kTheirs) == "<sip:alice@example.com>");
    CHECK(heard(call::AssertIdentity::Asked, "") == "-");
    CHECK(heard(call::AssertIdentity::Always, "") == "<sip:alice@example.com>");
    CHECK(heard(call::AssertIdentity::Never, kTheirs) == "-");
}

TEST_CASE("the identity of a user with a hidden name is the number that he is known by: proves SBC-ONS-01") {
    CallRig rig(
        config_with([](auto& config) { config.assert_identity["pbx"] = call::AssertIdentity::Always; }));
    rig.calls.configure(call::Routing::Pbx, {}, {{"alice", {.number = "5550100"}}});
    phone_calls(rig, rig.awake(1), "");
    const Sent invite = rig.take(rig.pbx, "INVITE ");
    CHECK(invite.header("P-Asserted-Identity") == "<sip:5550100@example.com>");
    CHECK(invite.header("From").starts_with("<sip:alice@example.com>")); // the PBX's digest needs it
}

TEST_CASE(
    "header fields pass and stay by configuration, for each side its own, and never the reserved ones") {
    CallRig rig(config_with([](auto& config) {
        config.to_phones = {.pass = {"x-queue", "Via", "Authorization"}, .remove = {"subject", "Require"}};
        config.to_trunks["pbx"] = {.pass = {"X-Ticket"}, .remove = {}};
    }));
    const sip::FlowId phone = rig.awake(1);
    rig.dial({.more = "X-Queue: <sip:q@10.0.0.5>\nX-Ticket: 1\nSubject: lunch\nPriority: urgent\n"});
    const Sent invite = rig.take(phone, "INVITE ");
    CHECK(invite.header("X-Queue") == "<sip:q@example.com>");
    CHECK(invite.header("X-Ticket") == "-");
    CHECK(invite.header("Subject") == "-");
    CHECK(invite.header("Priority") == "urgent");
    CHECK(invite.text.find("10.0.0.5") == std::string::npos);
    rig.answer(invite, 486, "far", "X-Ticket: 2\nX-Queue: no\n");
    rig.take(rig.pbx, "SIP/2.0 100");
    const Sent busy = rig.take(rig.pbx, "SIP/2.0 486");
    CHECK(busy.header("X-Ticket") == "2");
    CHECK(busy.header("X-Queue") == "-");
}

TEST_CASE("an SDP that is refused is 488 with a Warning of its kind") {
    const auto warned = [](ErrorCode code) {
        CallRig rig;
        rig.awake(1);
        rig.media.refuse_next = Error{code, "because"};
        rig.dial();
        rig.take(rig.pbx, "SIP/2.0 100");
        const Sent refused = rig.take(rig.pbx, "SIP/2.0 488");
        CHECK(rig.record().reason == "SDP cannot be used: because");
        return refused.header("Warning");
    };
    CHECK(warned(ErrorCode::Refused) == "305 example.com \"Incompatible media format\"");
    CHECK(warned(ErrorCode::Crypto) == "302 example.com \"Incompatible transport protocol\"");
    CHECK(warned(ErrorCode::InvalidInput) == "399 example.com \"Session description cannot be used\"");
}

TEST_CASE("the codecs of an offer that a phone refuses stand in the record: proves SBC-COD-03") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    rig.answer(rig.take(phone, "INVITE "), 488, "far", "Warning: 305 198.51.100.7 \"no codec\"\n");
    rig.take(rig.pbx, "SIP/2.0 100");
    CHECK(rig.take(rig.pbx, "SIP/2.0 488").header("Warning") == "305 example.com \"no codec\"");
    const auto& steps = rig.record().timeline;
    const auto rejected = std::ranges::find(steps, "rejected", &call::TimelineEvent::what);
    REQUIRE(rejected != steps.end());
    CHECK(rejected->detail.find("offered audio PCMA/8000; 305 198.51.100.7") != std::string::npos);
}

TEST_CASE("a phone with keys is told whether the far side has any: proves SBC-SEC-01") {
    const auto told = [](const std::string& trunk, bool indicate) {
        CallRig rig(config_with([indicate](auto& config) { config.indicate_security = indicate; }));
        rig.media.keys = true;
        rig.media.trunk_security = trunk;
        const sip::FlowId phone = rig.awake(1);
        rig.dial();
        const std::string in_call = rig.take(phone, "INVITE ").header("Media-Security");
        phone_calls(rig, phone, "Media-Security: end-to-end\n");
        rig.take_words(phone);
        for (Sent sent = rig.take(rig.pbx);; sent = rig.take(rig.pbx)) {
            if (!sent.text.starts_with("INVITE")) continue;
            CHECK(sent.header("Media-Security") == "-"); // ours alone
            rig.answer(sent, 200, "pbx", std::string(kPlainAnswer) + CallRig::kSdp);
            break;
        }
        const std::string out_call = rig.take(phone, "SIP/2.0 200").header("Media-Security");
        CHECK(in_call == out_call);
        return out_call;
    };
    CHECK(told("RTP", true) == "this-leg-only");
    CHECK(told("AES_CM_128_HMAC_SHA1_80", true) == "end-to-end");
    CHECK(told("AES_CM_128_HMAC_SHA1_80, RTP", true) == "this-leg-only");
    CHECK(told("RTP", false) == "-");
}

TEST_CASE("the record of a call says how each side is protected, and counts it: proves SBC-SEC-04") {
    CallRig rig;
    rig.media.trunk_security = "RTP";
    rig.media.phone_security = "AES_CM_128_HMAC_SHA1_80";
    const sip::FlowId phone = rig.awake(1);
    rig.dial();
    rig.answer_with_sdp(rig.take(phone, "INVITE "), 200);
    rig.take(rig.pbx, "SIP/2.0 100");
    rig.caller_sends(rig.take(rig.pbx, "SIP/2.0 200"), "ACK", 1);
    const auto live = rig.calls.snapshot();
    REQUIRE(live.size() == 1);
    CHECK(live[0].phone_security == "AES_CM_128_HMAC_SHA1_80");
    CHECK(live[0].trunk_security == "RTP");
    for (const auto& sample : rig.metrics.snapshot())
        if (sample.info.name == "wakeline_call_answered_total")
            CHECK(sample.value == (sample.info.labels == R"({phone="srtp",trunk="rtp"})" ? 1 : 0));
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include "call/up_call.h"

using namespace std::chrono_literals;
using namespace wakeline;
using test::CallRig;
using test::Sent;
using test::with_sdp;

namespace {

constexpr auto kPbxContact = "Contact: <sip:2000@10.0.0.5:5060>";

/// A phone calls out; the PBX has the INVITE.
struct CallingOut : CallRig {
    CallingOut() {
        transport.receive(phone,
                          "INVITE sip:2000@example.com SIP/2.0\n"
                          "Via: SIP/2.0/TLS 198.51.100.7;branch=z9hG4bKout\nMax-Forwards: 70\n"
                          "From: <sip:alice@example.com>;tag=p\nTo: <sip:2000@example.com>\nCall-ID: out\n"
                          "CSeq: 1 INVITE\nSupported: 100rel\nAllow: INVITE, UPDATE, PRACK\n"
                          "Contact: <sip:a@198.51.100.7:40001>" +
                              std::string(kSdp));
        take(phone, "SIP/2.0 100");
        invite = take(pbx, "INVITE ");
        last.uri = "sip:2000@example.com";
    }
    /// A request of the phone in the dialog that this answer of ours began.
    void phone_sends(const Sent& answer, std::string_view method, int cseq, const std::string& more) {
        transport.receive(
            phone, std::string(method) +
                       " sip:x@sbc.example.com SIP/2.0\nVia: SIP/2.0/TLS 198.51.100.7;branch=z9hG4bKe" +
                       std::to_string(cseq) + "\nMax-Forwards: 70\nFrom: " + answer.header("From") +
                       "\nTo: " + answer.header("To") + "\nCall-ID: out\nCSeq: " + std::to_string(cseq) +
                       " " + std::string(method) + "\n" + more);
    }
    sip::FlowId phone = awake(1);
    Sent invite;
};

} // namespace

TEST_SUITE_BEGIN("call/early_dialog");

TEST_CASE_FIXTURE(
    CallingOut, "an UPDATE re-points early media, from either side, before anybody has answered (RFC 3311)") {
    answer(invite, 183, "a", with_sdp(std::string(kPbxContact) + "\nRequire: 100rel\nRSeq: 5"));
    const Sent early = take(phone, "SIP/2.0 183");
    phone_sends(early, "PRACK", 2, "RAck: 1 1 INVITE\n");
    answer(take(pbx, "PRACK "), 200, "");
    CHECK(take_words(phone) == "200");

    send_back(invite, "UPDATE", 1, "a", with_sdp(kPbxContact)); // proves: SBC-CALL-01
    const Sent update = take(phone, "UPDATE sip:a@198.51.100.7:40001 SIP/2.0");
    CHECK(update.body().find("s=offer 1 for phone") != std::string::npos);
    phone_sends(early, "UPDATE", 3, with_sdp("Contact: <sip:a@198.51.100.7:40001>"));
    CHECK(take_words(phone) == "491"); // two offers at once
    answer(update, 200, "", with_sdp("Contact: <sip:a@198.51.100.7:40001>"));
    CHECK(take(pbx, "SIP/2.0 200").body().find("s=answer 1 for trunk") != std::string::npos);

    phone_sends(early, "UPDATE", 4, with_sdp("Contact: <sip:a@198.51.100.7:40001>"));
    answer(take(pbx, "UPDATE "), 200, "", with_sdp(kPbxContact));
    CHECK(take_words(phone) == "200");
    answer(invite, 200, "a", std::string(kPbxContact) + "\n");
    CHECK(take_words(pbx) == "ACK");
    CHECK(take_words(phone) == "200");
}

TEST_CASE_FIXTURE(CallingOut, "an UPDATE with an offer against the caller's open one is refused") {
    answer(invite, 180, "a", std::string(kPbxContact) + "\n");
    CHECK(take_words(phone) == "180");
    send_back(invite, "UPDATE", 1, "a", with_sdp(kPbxContact));
    CHECK(take_words(pbx) == "491");
    CHECK(silent(phone));
}

TEST_CASE_FIXTURE(CallingOut, "several forks ring and play early media; the one that answers has the call") {
    answer(invite, 183, "a", with_sdp(kPbxContact)); // proves: SBC-CALL-05
    const Sent first = take(phone, "SIP/2.0 183");
    answer(invite, 183, "b", with_sdp("Contact: <sip:other@10.0.0.5:5060>"));
    const Sent second = take(phone, "SIP/2.0 183");
    CHECK(first.header("To") == second.header("To")); // one dialog for the phone
    answer(invite, 180, "c", std::string(kPbxContact) + "\n");
    CHECK(take_words(phone) == "180");
    answer(invite, 200, "b", with_sdp("Contact: <sip:other@10.0.0.5:5060>"));
    take(pbx, "ACK sip:other@10.0.0.5:5060");
    CHECK(take(phone, "SIP/2.0 200").body().find("for phone") != std::string::npos);
    answer(invite, 200, "a", with_sdp(kPbxContact)); // another fork has answered too (RFC 6026)
    take(pbx, "ACK sip:2000@10.0.0.5:5060");
    take(pbx, "BYE sip:2000@10.0.0.5:5060");
    answer(invite, 200, "b", with_sdp("Contact: <sip:other@10.0.0.5:5060>")); // the first once more
    take(pbx, "ACK sip:other@10.0.0.5:5060");
    CHECK(silent(pbx));
    CHECK(calls.count() == 1);
}

TEST_SUITE_END();

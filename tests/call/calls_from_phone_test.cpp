// SPDX-License-Identifier: Apache-2.0
#include "call/call_rig.h"

using namespace std::chrono_literals;
using namespace wakeline;
using test::CallRig;
using test::Sent;

namespace {

struct Phone : CallRig {
    sip::FlowId flow = awake(1);

    void call(std::string_view uri, int cseq = 1, const std::string& more = {}) {
        transport.receive(
            flow, "INVITE " + std::string(uri) +
                      " SIP/2.0\nVia: SIP/2.0/TLS 198.51.100.7:40001;branch=z9hG4bKp" + std::to_string(cseq) +
                      "\nMax-Forwards: 70\nFrom: \"Alice\" <sip:alice@example.com>;tag=phone\nTo: <" +
                      std::string(uri) + ">\nCall-ID: phone-call\nCSeq: " + std::to_string(cseq) +
                      " INVITE\nContact: <sip:alice@198.51.100.7:40001;transport=tls;pn-prid=aabb1>\n" +
                      more + (CallRig::kSdp + 1));
    }
    void acknowledge(const Sent& response) { caller_request(response, "ACK", 1); }
    void caller_request(const Sent& response, std::string_view method, int cseq,
                        const std::string& more = {}) {
        transport.receive(
            response.flow,
            std::string(method) +
                " sip:x@sbc.example.com SIP/2.0\nVia: SIP/2.0/TLS 198.51.100.7:40001;branch=z9hG4bKq" +
                std::to_string(++branches) + "\nMax-Forwards: 70\nFrom: " + response.header("From") +
                "\nTo: " + response.header("To") + "\nCall-ID: phone-call\nCSeq: " + std::to_string(cseq) +
                " " + std::string(method) + "\n" + more);
    }
};

constexpr auto kPbxContact = "Contact: <sip:1001@10.0.0.5:5060>";

std::string with_sdp(const std::string& headers) { return headers + CallRig::kSdp; }

} // namespace

TEST_SUITE_BEGIN("call/calls_from_phone");

TEST_CASE_FIXTURE(Phone,
                  "whatever is dialled reaches the PBX as it is: numbers, names, tel and foreign domains") {
    int cseq = 0; // proves: SBC-CALL-02
    for (const std::string target : {"sip:31234@example.com", "tel:+15619231234", "sip:bob.smith@other.org",
                                     "sip:*21*100#@example.com;user=phone"}) {
        call(target, ++cseq);
        const Sent invite = take(pbx, "INVITE " + target + " SIP/2.0");
        CHECK(invite.header("To") == "<" + target + ">");
        answer(invite, 404);
        CHECK(take_words(pbx) == "ACK");
        CHECK(take_words(flow) == "100 404");
    }
}

TEST_CASE_FIXTURE(Phone, "the challenge of the PBX and the phone's credentials pass untouched") {
    call("sip:1001@example.com"); // proves: SBC-CALL-03
    CHECK(take_words(flow) == "100");
    const Sent first = take(pbx, "INVITE sip:1001@example.com SIP/2.0");
    CHECK(first.header("From").starts_with("\"Alice\" <sip:alice@example.com>;tag="));
    CHECK(first.header("To") == "<sip:1001@example.com>");
    CHECK(first.header("Contact") == "<sip:wl-1@192.0.2.1:5080;transport=udp>");
    CHECK(first.text.find("198.51.100.7") == std::string::npos);
    CHECK(first.text.find("pn-") == std::string::npos);
    CHECK(first.text.find("phone-call") == std::string::npos);
    const std::string challenge =
        "Digest realm=\"example.com\", nonce=\"n1\", algorithm=SHA-256, qop=\"auth\"";
    answer(first, 407, "pbx", "Proxy-Authenticate: " + challenge + "\nServer: SecretPBX");
    CHECK(take_words(pbx) == "ACK");
    const Sent asked = take(flow, "SIP/2.0 407");
    CHECK(asked.header("Proxy-Authenticate") == challenge);
    CHECK(asked.text.find("SecretPBX") == std::string::npos);
    CHECK(records.records.empty()); // no call yet

    const std::string credentials = "Digest username=\"alice\", realm=\"example.com\", nonce=\"n1\", "
                                    "uri=\"sip:1001@example.com\", response=\"00\"";
    call("sip:1001@example.com", 2, "Proxy-Authorization: " + credentials + "\n");
    const Sent second = take(pbx, "INVITE ");
    CHECK(second.header("Proxy-Authorization") == credentials);
    // A PBX may tie the nonce to these.
    CHECK(second.header("Call-ID") == first.header("Call-ID"));
    CHECK(second.header("From") == first.header("From"));
    CHECK(second.header("CSeq") == "2 INVITE");
}

TEST_CASE_FIXTURE(Phone, "a call goes up, and the BYE of the PBX ends it") {
    call("sip:+15619231234@example.com", 1, "P-Asserted-Identity: <sip:boss@example.com>\n");
    const Sent invite = take(pbx, "INVITE ");
    CHECK(invite.header("P-Asserted-Identity") ==
          "<sip:alice@example.com>"); // as registered (RFC 3325 5) // RFC 3325: no phone asserts
    CHECK(invite.body().find("s=offer 1 for trunk") != std::string::npos);
    answer(invite, 180, "pbx", kPbxContact);
    answer(invite, 200, "pbx", with_sdp(kPbxContact));
    take(pbx, "ACK sip:1001@10.0.0.5:5060 SIP/2.0");
    CHECK(take(flow, "SIP/2.0 100").text.find("10.0.0") == std::string::npos);
    CHECK(take(flow, "SIP/2.0 180").text.find("10.0.0") == std::string::npos);
    const Sent ok = take(flow, "SIP/2.0 200");
    CHECK(ok.text.find("10.0.0") == std::string::npos);
    CHECK(ok.header("Contact") == "<sip:+15619231234@sbc.example.com:5061;transport=tls>");
    acknowledge(ok);
    CHECK(calls.snapshot().at(0).callee == "+15619231234");

    send_back(invite, "BYE", 1, "pbx", "Reason: Q.850;cause=16\n");
    CHECK(take_words(pbx) == "200");
    CHECK(take(flow, "BYE sip:alice@198.51.100.7:40001;transport=tls").header("Reason") == "Q.850;cause=16");
    CHECK(record().direction == call::Direction::FromPhone);
    CHECK(record().reason == "hung up by pbx");
}

TEST_CASE_FIXTURE(Phone, "the PBX's final answers pass as they are, its 503 too") {
    for (const int status : {403, 404, 480, 486, 488, 500, 503, 603}) { // proves: SBC-TRN-14
        call("sip:1001@example.com", status);
        answer(take(pbx, "INVITE "), status, "pbx", "Retry-After: 9");
        take_words(pbx);
        take(flow, "SIP/2.0 100");
        CHECK(take(flow, "SIP/2.0 " + std::to_string(status)).header("Retry-After") == "9");
    }
}

TEST_CASE_FIXTURE(Phone, "a PBX that is down is 503 at once, one that is silent 504") {
    hop.up = false;
    call("sip:1001@example.com", 1);
    CHECK(take_words(flow) == "100 503");
    hop.up = true;
    call("sip:1001@example.com", 2);
    timers.advance(32s);
    CHECK(take_words(flow) == "100 504");
}

TEST_CASE_FIXTURE(Phone, "forks behind the PBX: one dialog for the phone, the other 200 is hung up") {
    call("sip:1001@example.com");
    const Sent invite = take(pbx, "INVITE ");
    answer(invite, 180, "a", kPbxContact);
    answer(invite, 183, "b", with_sdp("Contact: <sip:gw@10.0.0.6:5060>"));
    take(flow, "SIP/2.0 100");
    const Sent ringing = take(flow, "SIP/2.0 180"), early = take(flow, "SIP/2.0 183");
    CHECK(ringing.header("To") == early.header("To"));
    answer(invite, 200, "a", with_sdp(kPbxContact));
    CHECK(take(flow, "SIP/2.0 200").header("To") == ringing.header("To"));
    take(pbx, "ACK sip:1001@10.0.0.5:5060");
    answer(invite, 200, "b", with_sdp("Contact: <sip:gw@10.0.0.6:5060>"));
    take(pbx, "ACK sip:gw@10.0.0.6:5060");
    take(pbx, "BYE sip:gw@10.0.0.6:5060");
    answer(invite, 200, "a", with_sdp(kPbxContact)); // a repetition
    CHECK(take_words(pbx) == "ACK");
    CHECK(calls.count() == 1);
}

TEST_CASE_FIXTURE(Phone, "a phone without a registration is the PBX's to judge") {
    const sip::FlowId stranger = connect("203.0.113.9:1234");
    transport.receive(stranger, "INVITE sip:1001@example.com SIP/2.0\n"
                                "Via: SIP/2.0/TLS 203.0.113.9:1234;branch=z9hG4bKs\n"
                                "From: <sip:mallory@example.com>;tag=m\nTo: <sip:1001@example.com>\n"
                                "Call-ID: m\nCSeq: 1 INVITE\nContact: <sip:m@203.0.113.9>\n");
    CHECK(take_words(pbx) == "INVITE");
}

TEST_CASE("the wish for another identity passes only where the PBX challenges the phone") {
    for (const bool end_to_end : {true, false}) {
        CallRig rig(
            {.domains = {"example.com"}, .own_addresses = {"10.0.0.4"}, .digest_end_to_end = end_to_end});
        const sip::FlowId flow = rig.awake(1);
        rig.transport.receive(flow, "INVITE sip:1001@example.com SIP/2.0\n"
                                    "Via: SIP/2.0/TLS 198.51.100.7:40001;branch=z9hG4bKw\nMax-Forwards: 70\n"
                                    "From: <sip:alice@example.com>;tag=a\nTo: <sip:1001@example.com>\n"
                                    "Call-ID: w\nCSeq: 1 INVITE\nContact: <sip:a@198.51.100.7:40001>\n"
                                    "P-Preferred-Identity: <sip:boss@example.com>\n");
        const Sent invite = rig.take(rig.pbx, "INVITE ");
        CHECK((invite.text.find("boss") != std::string::npos) == end_to_end);
    }
}

TEST_CASE_FIXTURE(Phone, "what peers write at length makes no long record") {
    call("sip:" + std::string(5'000, '1') + "@example.com");
    const Sent invite = take(pbx, "INVITE ");
    transport.receive(pbx, "SIP/2.0 486 " + std::string(5'000, 'x') + "\nVia: " + invite.header("Via") +
                               "\nFrom: " + invite.header("From") + "\nTo: " + invite.header("To") +
                               ";tag=far\nCall-ID: " + invite.header("Call-ID") +
                               "\nCSeq: " + invite.header("CSeq") + "\n");
    CHECK(record().status == 486);
    CHECK(record().callee == std::string(256, '1'));
    CHECK(record().reason.size() == 256);
    for (const auto& event : record().timeline)
        CHECK(event.detail.size() <= 256);
}

TEST_CASE_FIXTURE(Phone, "what a stranger tries leaves no record") {
    flow = connect("198.51.100.9:6");
    media.refuse_next = Error{ErrorCode::InvalidInput, "no"};
    call("sip:1001@example.com");
    CHECK(take_words(flow) == "100 488");
    CHECK(records.records.empty());
    CHECK(calls.count() == 0);
}

TEST_CASE_FIXTURE(Phone, "a call that rings for ten minutes without a word ends, though nobody ends it") {
    call("sip:1001@example.com");
    answer_with_sdp(take(pbx, "INVITE "), 180);
    timers.advance(9min);
    CHECK(calls.count() == 1);
    timers.advance(2min);
    CHECK(calls.count() == 0);
    CHECK(take_words(pbx).starts_with("CANCEL"));
    CHECK(take_words(flow).ends_with(" 408"));
    CHECK(record().reason == "rang without an answer");
}

TEST_CASE_FIXTURE(Phone, "in mode local the door asks first") {
    door.challenge = true;
    call("sip:1001@example.com");
    CHECK(take_words(flow) == "100 407");
    CHECK(silent(pbx));
    CHECK(calls.count() == 0);
}

TEST_SUITE_END();

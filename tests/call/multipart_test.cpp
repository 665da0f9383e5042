// SPDX-License-Identifier: Apache-2.0
#include "call/multipart.h"

#include "call/call_rig.h"

using namespace wakeline;
using call::BodyPart;
using test::CallRig;
using test::Sent;

namespace {

const std::string kBefore =
    "preamble\r\n--b1\r\nContent-Type: application/pidf+xml\r\nContent-ID: <a@b>\r\n\r\n"
    "<presence>\r\n-- no boundary\r\n</presence>\r\n--b1\r\nContent-Type: application/sdp\r\n"
    "Content-Disposition: session\r\n\r\n";
const std::string kSdp =
    "v=0\r\no=- 1 1 IN IP4 10.0.0.5\r\ns=-\r\nc=IN IP4 10.0.0.5\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";
const std::string kAfter =
    "\r\n--b1\r\nContent-Type: application/octet-stream\r\n\r\n\x01\x02\xff\r\n--b1--\r\n";

std::string found(std::string_view type, const std::string& body,
                  std::string_view wanted = "application/sdp") {
    const auto part = BodyPart::find(type, body, wanted);
    return part ? body.substr(part->begin, part->end - part->begin) : "nothing";
}

} // namespace

TEST_SUITE_BEGIN("call/multipart");

TEST_CASE("a part is found by its type, with what stands around it untouched") {
    const std::string body = kBefore + kSdp + kAfter;
    CHECK(found("multipart/mixed;boundary=b1", body) == kSdp);
    CHECK(found("Multipart/Mixed; x=y; Boundary=\"b1\"", body) == kSdp);
    CHECK(found("multipart/mixed;boundary=b1", body, "application/octet-stream") == "\x01\x02\xff");
    CHECK(found("multipart/mixed;boundary=b1", body, "application/pidf+xml") ==
          "<presence>\r\n-- no boundary\r\n</presence>");
}

TEST_CASE("what is no multipart body has no parts") {
    const std::string body = kBefore + kSdp + kAfter;
    CHECK(found("application/sdp", body) == "nothing");
    CHECK(found("multipart/mixed", body) == "nothing");
    CHECK(found("multipart/mixed;boundary=other", body) == "nothing");
    CHECK(found("multipart/mixed;boundary=b1", kBefore + kSdp) == "nothing"); // cut off
    CHECK(found("multipart/mixed;boundary=b1", "--b1\r\n--b1--") == "nothing");
    CHECK(found("multipart/mixed;boundary=b1", "--b1") == "nothing");
    CHECK(found("multipart/mixed;boundary=b1", "") == "nothing");
}

TEST_CASE("an INVITE with several parts keeps them octet for octet, and only its SDP is ours") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    const std::string head =
        "INVITE sip:alice@10.0.0.4 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKm\r\n"
        "Max-Forwards: 70\r\nFrom: <sip:1001@10.0.0.5>;tag=pbx\r\nTo: <sip:alice@10.0.0.4>\r\n"
        "Call-ID: multi\r\nCSeq: 1 INVITE\r\nContact: <sip:1001@10.0.0.5>\r\n"
        "Content-Type: multipart/mixed;boundary=b1\r\nContent-Length: ";
    const std::string body = kBefore + kSdp + kAfter;
    rig.transport.receive(rig.pbx, head + std::to_string(body.size()) + "\r\n\r\n" + body);
    const Sent invite = rig.take(phone, "INVITE ");
    CHECK(invite.header("Content-Type") == "multipart/mixed;boundary=b1");
    CHECK(invite.body().starts_with(kBefore + "v=0\r\n"));
    CHECK(invite.body().ends_with(kAfter));
    CHECK(invite.body().find("s=offer 1 for phone") != std::string::npos);
    CHECK(invite.body().find("c=IN IP4 10.0.0.5") == std::string::npos);
    REQUIRE(rig.media.sessions.at(1).received.size() == 1);
    CHECK(rig.media.sessions.at(1).received[0] == kSdp);
}

TEST_SUITE_END();

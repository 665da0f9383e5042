// SPDX-License-Identifier: Apache-2.0
#include "sip/hop_requests.h"

#include <doctest/doctest.h>

using namespace wakeline::sip;

namespace {

constexpr const char* kInvite =
    "INVITE sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n"
    "Route: <sip:p;lr>\r\nFrom: <sip:a@example.com>;tag=a\r\nTo: <sip:b@example.com>\r\n"
    "Call-ID: c\r\nCSeq: 12 INVITE\r\nContact: <sip:a@x>\r\nMax-Forwards: 69\r\n"
    "Content-Type: application/sdp\r\nContent-Length: 9\r\n\r\nTo: body\n";

} // namespace

TEST_SUITE_BEGIN("sip/hop_requests");

TEST_CASE("an ACK has the To of the response and nothing of the body (17.1.1.3)") {
    CHECK(ack_of(kInvite, "<sip:b@example.com>;tag=b") ==
          "ACK sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nRoute: <sip:p;lr>\r\n"
          "From: <sip:a@example.com>;tag=a\r\nTo: <sip:b@example.com>;tag=b\r\nCall-ID: c\r\nCSeq: 12 ACK\r\n"
          "Max-Forwards: 69\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("a CANCEL has the To of the INVITE and may say why (9.1, RFC 3326)") {
    const std::string cancel = cancel_of(kInvite, "SIP;cause=200");
    CHECK(cancel.find("\r\nTo: <sip:b@example.com>\r\n") != std::string::npos);
    CHECK(cancel.find("\r\nCSeq: 12 CANCEL\r\n") != std::string::npos);
    CHECK(cancel.find("\r\nReason: SIP;cause=200\r\n") != std::string::npos);
    CHECK(cancel_of(kInvite, {}).find("Reason") == std::string::npos);
    CHECK(cancel_of(kInvite, "a\r\nX: y").find("Reason") == std::string::npos);
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include "sip/received.h"

#include <doctest/doctest.h>

using wakeline::net::SocketAddress;

namespace {

/// The Via lines of a response with these, after the stamp.
std::string stamped(const std::string& vias, std::string_view from = "203.0.113.9:40000") {
    std::string response = "SIP/2.0 200 OK\r\n" + vias + "\r\nX: y\r\n\r\nVia: body";
    wakeline::sip::stamp_received(response, *SocketAddress::parse(from));
    CHECK(response.ends_with("\r\nX: y\r\n\r\nVia: body"));
    return response.substr(16, response.size() - 16 - 19);
}

} // namespace

TEST_SUITE_BEGIN("sip/received");

TEST_CASE("received is always there, rport when it was asked for (RFC 3581)") {
    CHECK(stamped("Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1") ==
          "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;received=203.0.113.9");
    CHECK(stamped("Via: SIP/2.0/UDP 10.0.0.1;rport;branch=z9hG4bK1") ==
          "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;received=203.0.113.9;rport=40000");
}

TEST_CASE("what the client wrote itself is replaced") {
    CHECK(stamped("v: SIP/2.0/UDP 10.0.0.1 ; RECEIVED=1.2.3.4; Rport=9 ;x=\"a;b,c\\\"d\"") ==
          "v: SIP/2.0/UDP 10.0.0.1 ;x=\"a;b,c\\\"d\";received=203.0.113.9;rport=40000");
}

TEST_CASE("the Vias below are left alone") {
    CHECK(
        stamped("Subject: s\r\nVia: SIP/2.0/UDP a;rport , SIP/2.0/UDP b;rport\r\nVia: SIP/2.0/UDP c;rport") ==
        "Subject: s\r\nVia: SIP/2.0/UDP a;received=203.0.113.9;rport=40000, SIP/2.0/UDP b;rport\r\n"
        "Via: SIP/2.0/UDP c;rport");
}

TEST_CASE("an IPv6 address stands without brackets (RFC 5118 4.5)") {
    CHECK(stamped("Via: SIP/2.0/TLS [2001:db8::9]:5061;rport", "[2001:db8::1]:5061") ==
          "Via: SIP/2.0/TLS [2001:db8::9]:5061;received=2001:db8::1;rport=5061");
}

TEST_CASE("a text without Via stays as it is") { CHECK(stamped("To: x") == "To: x"); }

TEST_SUITE_END();

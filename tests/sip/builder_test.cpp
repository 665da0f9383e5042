// SPDX-License-Identifier: Apache-2.0
#include "sip/builder.h"

#include <doctest/doctest.h>

#include "fakes/sip_text.h"

using namespace wakeline::sip;
using namespace wakeline::test;

TEST_SUITE_BEGIN("sip/builder");

TEST_CASE("a request is written in the order in which it was built, with the length of its body") {
    auto request = Builder::request("MESSAGE", "sip:bob@example.com");
    request.add("From", "<sip:a@x>;tag=1").add("X-One", "1").prepend("Via", "SIP/2.0/TLS h;branch=z9hG4bK1");
    request.body("text/plain", "hello");
    CHECK(request.str() == "MESSAGE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/TLS h;branch=z9hG4bK1\r\n"
                           "From: <sip:a@x>;tag=1\r\nX-One: 1\r\nContent-Type: text/plain\r\n"
                           "Content-Length: 5\r\n\r\nhello");
    CHECK(request.method() == "MESSAGE");
    CHECK(request.status() == 0);
    CHECK(request.clean());
}

TEST_CASE("a response repeats what RFC 3261 8.2.6.2 wants and gets our tag") {
    const Message request = parsed(sip_request({.via = "SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/UDP b"}));
    CHECK(Builder::response(request, 486, "t1").str() ==
          "SIP/2.0 486 Busy Here\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/UDP b\r\n"
          "From: \"Alice\" <sip:alice@example.com>;tag=a1\r\nTo: <sip:bob@example.com>;tag=t1\r\n"
          "Call-ID: call-1@192.0.2.1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n");
    CHECK(*Builder::response(request, 100, "").find("To") == "<sip:bob@example.com>");
    CHECK(Builder::response(request, 480, "t", "Gone Fishing")
              .str()
              .starts_with("SIP/2.0 480 Gone Fishing\r\n"));
}

TEST_CASE("a To that has a tag keeps it") {
    const Message request = parsed(sip_request({.method = "BYE", .to = "<sip:bob@example.com>;tag=theirs"}));
    CHECK(*Builder::response(request, 200, "ours").find("t") == "<sip:bob@example.com>;tag=theirs");
}

TEST_CASE("set replaces every header of that name at the place of the first") {
    auto request = Builder::request("OPTIONS", "sip:x");
    request.add("k", "a").add("X", "1").add("Supported", "b").set("Supported", "c").set("Y", "2").remove("x");
    CHECK(request.str() == "OPTIONS sip:x SIP/2.0\r\nSupported: c\r\nY: 2\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("headers are copied as they came") {
    const Message from =
        parsed(sip_request({.more = {{"Authorization", "Digest  username=\"a\",\t nonce=\"b\""},
                                     {"Route", "<sip:r1;lr>"},
                                     {"Route", "<sip:r2;lr>,<sip:r3>"}}}));
    auto to = Builder::request("INVITE", from.request_uri());
    to.copy(from, "Authorization").copy(from, "Route").copy(from, "X-None");
    CHECK(to.str() ==
          "INVITE sip:bob@example.com SIP/2.0\r\nAuthorization: Digest  username=\"a\",\t nonce=\"b\"\r\n"
          "Route: <sip:r1;lr>\r\nRoute: <sip:r2;lr>,<sip:r3>\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("a line break or NUL in a value, name or URI is never written") {
    auto request = Builder::request("OPTIONS", "sip:x");
    request.add("X", "a\r\nRoute: <sip:evil>")
        .add("Y\r\nZ", "1")
        .add("N", std::string_view("\0", 1))
        .add("Q", "1");
    request.set("Q", "a\nb");
    CHECK(request.str() == "OPTIONS sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n");
    CHECK_FALSE(request.clean());
    CHECK_FALSE(Builder::request("OPTIONS", "sip:x SIP/2.0\r\nRoute:<sip:evil>\r\n").clean());
    const auto answer = Builder::response(parsed(sip_request()), 480, "t", "a\r\nX: b");
    CHECK(answer.str().starts_with("SIP/2.0 480 Temporarily Unavailable\r\n"));
}

TEST_CASE("a built request can be asked what it says") {
    auto request = Builder::request("OPTIONS", "sip:x;lr");
    request.add("Route", "<sip:r1>").add("route", "<sip:r2>");
    CHECK(request.uri() == "sip:x;lr");
    CHECK(request.values("Route") == std::vector<std::string>{"<sip:r1>", "<sip:r2>"});
    CHECK(Builder::request("OPTIONS", "a b").uri().empty());
    CHECK(Builder::response(parsed(sip_request()), 200, "t").uri().empty());
}

TEST_CASE("every status has a phrase") {
    CHECK(default_reason(200) == "OK");
    CHECK(default_reason(555) == "Push Notification Service Not Supported");
    CHECK(default_reason(499) == "Request Failed");
    CHECK(default_reason(42) == "Unknown");
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include "sip/request_check.h"

#include <doctest/doctest.h>

#include <string>

#include "fakes/sip_text.h"

using namespace wakeline::sip;
using namespace wakeline::test;

namespace {

/// 0 when the request may be acted upon.
int judged(const SipRequest& request) {
    const auto verdict = request_check(parsed(sip_request(request)));
    return verdict ? verdict->status : 0;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

int with_hops(std::string_view hops, SipRequest request) {
    const std::string line = "Max-Forwards: " + std::string(hops);
    const auto verdict = request_check(parsed(replaced(sip_request(request), "Max-Forwards: 70", line)));
    return verdict ? verdict->status : 0;
}

} // namespace

TEST_SUITE_BEGIN("sip/request_check");

TEST_CASE("ordinary requests pass") {
    CHECK(judged({}) == 0);
    CHECK(judged({.body = "v=0\r\n"}) == 0);
    for (const char* method : {"ACK", "CANCEL", "BYE", "OPTIONS", "REGISTER", "PRACK", "UPDATE", "INFO",
                               "MESSAGE", "REFER", "SUBSCRIBE", "NOTIFY", "PUBLISH"})
        CHECK_MESSAGE(judged({.method = method}) == 0, method);
    CHECK(judged({.uri = "tel:+15550123"}) == 0);
    CHECK(judged({.uri = "urn:service:sos"}) == 0);
}

TEST_CASE("an unknown method gets 501 with Allow, also when its CSeq is wrong") {
    const auto verdict = request_check(parsed(sip_request({.method = "NEWMETHOD"})));
    REQUIRE(verdict);
    CHECK(verdict->status == 501);
    const Message answer = parsed(verdict->answer(parsed(sip_request()), "t1").str());
    CHECK(answer.has_token("Allow", "INVITE"));
    CHECK(answer.to_tag() == "t1");
    CHECK(judged({.method = "invite"}) == 501);
}

TEST_CASE("what identifies a request must be there") {
    CHECK(judged({.via = "SIP/2.0/UDP h"}) == 0); // as in RFC 2543
    CHECK(judged({.via = "SIP/2.0/UDP h;branch=z9hG4bK"}) == 400);
    CHECK(judged({.via = "SIP/2.0/UDP h;branch=rfc2543"}) == 0);
    CHECK(judged({.from = "<sip:a@x>"}) == 400);
    CHECK(request_check(parsed(replaced(sip_request(), "CSeq: 1 INVITE", "CSeq: 1 BYE")))->status == 400);
}

TEST_CASE("a Request-URI is of a scheme that can be routed, and carries no headers") {
    CHECK(judged({.uri = "http://example.com/"}) == 416);
    CHECK(judged({.method = "REGISTER", .uri = "tel:+15550123"}) == 416);
    CHECK(judged({.uri = "sip:bob@example.com?Route=%3Csip:evil%3E"}) == 400);
}

TEST_CASE("the last hop is refused, but for what is addressed to us") {
    CHECK(with_hops("0", {}) == 483);
    CHECK(with_hops("0", {.method = "OPTIONS"}) == 483);
    CHECK(with_hops("0", {.method = "OPTIONS", .uri = "sip:example.com"}) == 0);
    CHECK(with_hops("0", {.method = "BYE", .to = "<sip:b@x>;tag=1"}) == 0);
    CHECK(with_hops("0", {.method = "CANCEL"}) == 0);
    CHECK(with_hops("256", {}) == 400);
    CHECK(with_hops("255", {}) == 0);
}

TEST_CASE("an INVITE has one Contact, and it is a SIP address") {
    CHECK(judged({.contact = ""}) == 400);
    CHECK(judged({.contact = "<sip:a@x>, <sip:b@x>"}) == 400);
    CHECK(judged({.contact = "<tel:+15550123>"}) == 400);
    CHECK(judged({.contact = "*"}) == 400);
    CHECK(judged({.method = "BYE", .contact = ""}) == 0);
}

TEST_CASE("contacts of a REGISTER are all good, or '*' alone with Expires 0") {
    const auto status = [](std::string_view contact, SipHeaders more = {}) {
        const auto verdict = request_check(parsed(sip_register("sip:a@x", contact, more)));
        return verdict ? verdict->status : 0;
    };
    CHECK(status("<sip:a@1.2.3.4;pn-provider=apns>, <sip:a@5.6.7.8>") == 0);
    CHECK(status("") == 0); // a query
    CHECK(status("<sip:a@y>, <sip:b") == 400);
    CHECK(status("<mailto:a@y>") == 400);
    CHECK(status("*", {{"Expires", "0"}}) == 0);
    CHECK(status("*", {{"Expires", "60"}}) == 400);
    CHECK(status("*") == 400);
    CHECK(status("*", {{"Expires", "0"}, {"Contact", "<sip:a@y>"}}) == 400);
    CHECK(judged({.method = "REGISTER", .to = "<tel:+15550123>"}) == 400);
}

TEST_CASE("a Route that is wrong is not guessed at") {
    CHECK(judged({.more = {{"Route", "<sip:r;lr>"}}}) == 0);
    CHECK(judged({.more = {{"Route", "<sip:r;lr>, evil"}}}) == 400);
    CHECK(judged({.more = {{"Record-Route", "<sip:r;lr"}}}) == 400);
}

TEST_CASE("extensions that are relayed or understood may be required, others get 420 with their names") {
    CHECK(judged({.more = {{"Require", "100rel, Timer"}}}) == 0);
    CHECK(judged({.method = "REGISTER", .more = {{"Require", "path"}}}) == 0);
    CHECK(judged({.method = "REGISTER", .more = {{"Require", "100rel"}}}) == 420);
    const auto verdict =
        request_check(parsed(sip_request({.more = {{"Require", "one, 100rel"}, {"Require", "two"}}})));
    REQUIRE(verdict);
    CHECK(verdict->status == 420);
    CHECK(verdict->headers.front().second == "one, two");
    CHECK(judged({.method = "CANCEL", .more = {{"Require", "one"}}}) == 0);
    CHECK(judged({.method = "ACK", .more = {{"Require", "one"}}}) == 0);
}

TEST_CASE("a body that should be SDP and is not gets 415 with what is accepted") {
    const auto verdict = request_check(parsed(sip_request({.content_type = "text/plain", .body = "hi"})));
    REQUIRE(verdict);
    CHECK(verdict->status == 415);
    CHECK(verdict->headers.front().first == "Accept");
    CHECK(judged({.method = "MESSAGE", .content_type = "text/plain", .body = "hi"}) == 0);
    CHECK(judged({.content_type = "Application/SDP; charset=utf-8", .body = "v=0"}) == 0);
    CHECK(judged({.more = {{"Content-Encoding", "gzip"}}, .body = "v=0"}) == 415);
    CHECK(judged({.more = {{"Content-Encoding", "identity"}}, .body = "v=0"}) == 0);
}

TEST_CASE("an INVITE whose sender reads no SDP gets 406") {
    CHECK(judged({.more = {{"Accept", "text/nobodyKnowsThis"}}}) == 406);
    CHECK(judged({.more = {{"Accept", "text/plain, application/*;q=0.1"}}}) == 0);
    CHECK(judged({.more = {{"Accept", "text/plain"}, {"Accept", "Application/SDP"}}}) == 0);
    CHECK(judged({.method = "OPTIONS", .more = {{"Accept", "text/plain"}}}) == 0);
}

TEST_CASE("a response with more than one Via is not for us") {
    const auto good = [](std::string_view via) {
        return response_check(parsed(sip_response(parsed(sip_request({.via = via})))));
    };
    CHECK(good("SIP/2.0/UDP a;branch=z9hG4bK1"));
    CHECK_FALSE(good("SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK2"));
}

TEST_SUITE_END();

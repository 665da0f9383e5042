// SPDX-License-Identifier: Apache-2.0
#include "sip/message.h"

#include <doctest/doctest.h>

#include <string>

#include "fakes/sip_text.h"

using namespace wakeline::sip;
using namespace wakeline::test;

namespace {

using Strings = std::vector<std::string>;

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

} // namespace

TEST_SUITE_BEGIN("sip/message");

TEST_CASE("the parts of a request that everybody asks for") {
    const Message m = parsed(sip_request({.body = "v=0\r\n"}));
    CHECK(m.is_request());
    CHECK(m.method() == "INVITE");
    CHECK(m.request_uri().str() == "sip:bob@example.com");
    CHECK(m.status() == 0);
    CHECK(m.call_id() == "call-1@192.0.2.1");
    CHECK(m.cseq() == CSeq{1, "INVITE"});
    CHECK(m.from().display == "Alice");
    CHECK(m.from_tag() == "a1");
    CHECK(m.to_tag().empty());
    CHECK(m.top_via().transport == "UDP");
    CHECK(m.top_via().host == "192.0.2.1");
    CHECK(m.top_via().port == 5060);
    CHECK(m.top_via().branch == "z9hG4bK-1");
    CHECK(m.via_count() == 1);
    CHECK(m.max_forwards() == 70);
    CHECK_FALSE(m.expires());
    CHECK(m.content_type() == "application/sdp");
    CHECK(m.body() == "v=0\r\n");
    REQUIRE(m.contacts().size() == 1);
    CHECK(m.contacts()[0].uri.hostport() == "192.0.2.1:5060");
}

TEST_CASE("a response has a status, a reason, and the method of its CSeq") {
    const Message m = parsed(sip_response(parsed(sip_request()), {.status = 486, .reason = "Busy Here"}));
    CHECK(m.is_response());
    CHECK(m.status() == 486);
    CHECK(m.reason() == "Busy Here");
    CHECK(m.method() == "INVITE");
    CHECK(m.to_tag() == "b1");
    CHECK(m.body().empty());
}

TEST_CASE("headers are found by long and compact name, folding removed") {
    const Message m = parsed(sip_request({.more = {{"k", "path,\r\n 100rel"},
                                                   {"Supported", "timer"},
                                                   {"X-Odd", "a\r\n  b"},
                                                   {"Route", "<sip:r1;lr>, <sip:r2;lr>"}}}));
    CHECK(m.headers("Supported") == Strings{"path, 100rel", "timer"});
    CHECK(m.headers("k") == m.headers("SUPPORTED"));
    CHECK(m.tokens("Supported") == Strings{"path", "100rel", "timer"});
    CHECK(m.has_token("Supported", "100REL"));
    CHECK_FALSE(m.has_token("Supported", "gruu"));
    CHECK(m.header("x-odd") == "a  b");
    CHECK_FALSE(m.header("X-None"));
    REQUIRE(m.routes().size() == 2);
    CHECK(m.routes()[1].uri.host == "r2");
    CHECK(m.record_routes().empty());
}

TEST_CASE("no value has a line break in it, wherever the peer put one") {
    const Message m =
        parsed("INVITE sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP a\r\n ;branch=z9hG4bK1\r\n"
               "From: \"A\r\n\tB\" <sip:a@x>\r\n ;tag=1\r\nTo:\r\n <sip:b@x>\r\nCall-ID:\r\n 1\r\n"
               "CSeq: 1\r\n INVITE\r\nContent-Length: 9\r\n\r\n \r\n body\n");
    CHECK(m.from().display == "A\tB");
    CHECK(m.from_tag() == "1");
    CHECK(m.call_id() == "1");
    CHECK(m.top_via().branch == "z9hG4bK1");
    CHECK(m.body() == " \r\n body\n");
    CHECK(refused(replaced(sip_request(), "Call-ID: call-1", "Call-ID: call\r\n -1")).status == 400);
}

TEST_CASE("each header shows once, in order, with its long name") {
    const Message m =
        parsed("OPTIONS sip:b@x SIP/2.0\r\nv: SIP/2.0/TCP a,SIP/2.0/UDP b\r\nf: <sip:a@x>;tag=1\r\n"
               "t: <sip:b@x>\r\ni: 1\r\nX-Mine: 1,2\r\nCSeq: 1 OPTIONS\r\nl: 0\r\n\r\n");
    std::string seen;
    m.each_header([&](std::string_view name, std::string_view value) {
        seen.append(name).append("=").append(value).append("|");
    });
    CHECK(seen == "Via=SIP/2.0/TCP a,SIP/2.0/UDP b|From=<sip:a@x>;tag=1|To=<sip:b@x>|Call-ID=1|X-Mine=1,2|"
                  "CSeq=1 OPTIONS|Content-Length=0|");
    CHECK(m.via_count() == 2);
}

TEST_CASE("a contact of '*' is seen as such") {
    const Message m = parsed(sip_register("sip:a@x", "*", {{"Expires", "0"}}));
    CHECK(m.contact_star());
    CHECK(m.contacts().empty());
    CHECK(m.expires() == 0);
}

TEST_CASE("numbers too large for their header saturate") {
    const Message m = parsed(sip_register("sip:a@x", "<sip:a@y>", {{"Expires", "99999999999999999999999"}}));
    CHECK(m.expires() == 0xffffffffU);
}

TEST_CASE("push parameters stay in the contact's URI") { // proves: SBC-REG-04
    const Message m = parsed(sip_register(
        "sip:a@x", "<sip:a@y;pn-provider=apns;pn-prid=00fc13adff785122b4ad28809a3420982341241421348"
                   "097878e577c991de8f0;pn-param=TEAM.app.voip>;+sip.instance=\"<urn:uuid:1>\""));
    const auto contacts = m.contacts();
    REQUIRE(contacts.size() == 1);
    CHECK(contacts[0].uri.params.get("pn-provider") == "apns");
    CHECK(contacts[0].params.get("+sip.instance") == "\"<urn:uuid:1>\"");
}

TEST_CASE("octets after the body are ignored, and without Content-Length the body is all there is") {
    CHECK(parsed(sip_request({.body = "v=0\r\n"}) + "INVITE sip:x SIP/2.0\r\n").body() == "v=0\r\n");
    const std::string text = replaced(sip_request({.body = "v=0\r\n"}), "Content-Length: 5\r\n", "");
    CHECK(parsed(text).body() == "v=0\r\n");
}

TEST_CASE("a body holds any octets") {
    const std::string body("\0\r\n\n\xff\0", 6);
    CHECK(parsed(sip_request({.content_type = "application/octet-stream", .body = body})).body() == body);
}

TEST_CASE("empty lines before a message are skipped") {
    CHECK(parsed("\r\n\r\n" + sip_request()).is_request());
}

TEST_CASE("a refused request is answered from its raw lines") {
    const Refusal refusal = refused(replaced(sip_request(), "SIP/2.0\r\n", "SIP/7.0\r\n"));
    CHECK(refusal.status == 505);
    const Message answer = parsed(refusal.response);
    CHECK(answer.status() == 505);
    CHECK(answer.call_id() == "call-1@192.0.2.1");
    CHECK(answer.top_via().branch == "z9hG4bK-1");
    CHECK_FALSE(answer.to_tag().empty());
}

TEST_CASE("an unknown method is told so even when nothing else can be read") {
    const Refusal refusal = refused(
        "!odd%method sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nCSeq: 1 !odd%method\r\n\r\n");
    CHECK(refusal.status == 501);
    CHECK(refusal.response.find("\r\nAllow: INVITE, ACK") != std::string::npos);
}

TEST_CASE("an ACK, a response, and what has no Via are dropped without an answer") {
    const auto no_colon = [](std::string text) { return replaced(std::move(text), "Call-ID: ", "Call-ID "); };
    for (const Refusal& refusal : {refused(no_colon(sip_request({.method = "ACK"}))),
                                   refused(no_colon(sip_response(parsed(sip_request())))),
                                   refused(replaced(sip_request(), "Via:", "Vio:")), refused(""),
                                   refused("\r\n"), refused("HELO\r\n\r\n")}) {
        CHECK(refusal.status == 0);
        CHECK(refusal.response.empty());
    }
}

TEST_CASE("what the library below must not see is refused before it") {
    const std::string good = sip_request();
    const auto status = [](const std::string& text) { return refused(text).status; };
    CHECK(status(replaced(good, "Max-Forwards: 70", "X: a\rRoute: <sip:evil>")) == 400);
    CHECK(status(replaced(good, "Max-Forwards: 70", "X: a\nRoute: <sip:evil>")) == 400);
    CHECK(status(replaced(good, "Max-Forwards: 70", std::string_view("X: a\0b", 6))) == 400);
    CHECK(status(replaced(good, "Max-Forwards: 70", "X: " + std::string(1'100, ','))) == 513);
    CHECK(status(replaced(good, "Max-Forwards: 70", "X: " + std::string(33'000, 'x'))) == 513);
    std::string many;
    for (int i = 0; i < 260; ++i)
        many += "y: 1\r\n";
    CHECK(status(replaced(good, "Max-Forwards: 70\r\n", many)) == 513);
    CHECK(status(replaced(good, "Content-Length: 0", "Content-Length: 70000")) == 413);
    CHECK(status(replaced(good, "Content-Length: 0", "Content-Length: 1")) == 400);
    CHECK(status(replaced(good, "Content-Length: 0", "Content-Length: +0")) == 400);
    CHECK(status(replaced(good, "Content-Length: 0", "Content-Length: 0\r\nl: 0")) == 400);
}

TEST_CASE("a bare line break in a header cannot add a line to the answer") {
    const Refusal refusal = refused(replaced(sip_request(), "tag=a1", "tag=a1\nX-Evil: 1"));
    CHECK(refusal.status == 400);
    CHECK(refusal.response.find("X-Evil") == std::string::npos);
}

TEST_SUITE_END();

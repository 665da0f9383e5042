// SPDX-License-Identifier: Apache-2.0
#include "sip/dialog.h"

#include <doctest/doctest.h>

#include "fakes/fake_transport.h"

using namespace wakeline::sip;
using wakeline::test::message;
using wakeline::test::parsed;
using wakeline::test::sip_request;

namespace {

constexpr const char* kInvite = R"(INVITE sip:1000@192.0.2.1 SIP/2.0
    Via: SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK1
    Record-Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>
    Record-Route: <sip:p3.example.com;lr>
    From: "Two, Thousand" <sip:2000@example.com;x=1>;tag=theirs;y=2
    To: <sip:1000@example.com>
    Call-ID: c1
    CSeq: 314 INVITE
    Contact: "phone" <sip:2000@198.51.100.7:5062;transport=tcp;method=INVITE?Subject=x>;expires=60)";

Dialog uas(std::string_view invite = kInvite) {
    return Dialog::from_request(message(invite), "ours", 7, "<sip:us@192.0.2.1>");
}

Builder our_invite() {
    return std::move(Builder::request("INVITE", "sip:2000@example.com")
                         .add("From", "<sip:1000@example.com>;tag=ours")
                         .add("To", "<sip:2000@example.com>")
                         .add("Call-ID", "c2")
                         .add("CSeq", "7 INVITE"));
}

std::string answer(int status, std::string_view more) {
    return "SIP/2.0 " + std::to_string(status) + R"( X
        Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1
        From: "changed" <sip:other@example.com>;tag=changed
        To: <sip:2000@example.com>;tag=theirs
        Call-ID: c2
        CSeq: 7 INVITE
)" + std::string(more);
}

Dialog uac(int status, std::string_view more, const Builder& invite = our_invite()) {
    return Dialog::from_response(invite, message(answer(status, more)), 9, "<sip:us@192.0.2.1>");
}

std::string in_dialog(std::string_view method, unsigned cseq, std::string_view contact = {}) {
    return sip_request({.method = method, .cseq = cseq, .contact = contact});
}

} // namespace

TEST_SUITE_BEGIN("sip/dialog");

TEST_CASE("as UAS the route set is the Record-Route in order, the target the Contact (12.1.1)") {
    Dialog dialog = uas();
    CHECK(dialog.id() == DialogId{"c1", "ours", "theirs"});
    CHECK(dialog.flow() == 7);
    CHECK(dialog.request("BYE").str() == "BYE sip:2000@198.51.100.7:5062;transport=tcp SIP/2.0\r\n"
                                         "Route: <sip:p1.example.com;lr>\r\nRoute: "
                                         "<sip:p2.example.com;lr>\r\nRoute: <sip:p3.example.com;lr>\r\n"
                                         "Max-Forwards: 70\r\n"
                                         "From: <sip:1000@example.com>;tag=ours\r\n"
                                         "To: \"Two, Thousand\" <sip:2000@example.com;x=1>;y=2;tag=theirs\r\n"
                                         "Call-ID: c1\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("as UAC the route set is the Record-Route reversed, the names are those we wrote (12.1.2)") {
    Dialog dialog = uac(200, "Record-Route: <sip:p1;lr>,<sip:p2;lr>\nContact: <sip:2000@198.51.100.7>");
    CHECK(dialog.id() == DialogId{"c2", "ours", "theirs"});
    CHECK(dialog.request("INVITE").str() ==
          "INVITE sip:2000@198.51.100.7 SIP/2.0\r\nRoute: <sip:p2;lr>\r\nRoute: <sip:p1;lr>\r\n"
          "Max-Forwards: 70\r\nFrom: <sip:1000@example.com>;tag=ours\r\n"
          "To: <sip:2000@example.com>;tag=theirs\r\nCall-ID: c2\r\nCSeq: 8 INVITE\r\n"
          "Contact: <sip:us@192.0.2.1>\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("each request has the next CSeq; the ACK has that of its INVITE (13.2.2.4)") {
    Dialog dialog = uac(200, "Contact: <sip:x@y>");
    CHECK(*dialog.request("INVITE").find("CSeq") == "8 INVITE");
    CHECK(*dialog.request("BYE").find("CSeq") == "9 BYE");
    const Builder ack = dialog.ack(8);
    CHECK(*ack.find("CSeq") == "8 ACK");
    CHECK(ack.uri() == "sip:x@y");
    CHECK_FALSE(ack.find("Contact"));
}

TEST_CASE("the ACK of the first INVITE repeats its credentials, that of a later one does not") {
    const Builder invite = std::move(our_invite()
                                         .add("Authorization", "Digest username=\"a\"")
                                         .add("Proxy-Authorization", "Digest realm=\"1\"")
                                         .add("Proxy-Authorization", "Digest realm=\"2\""));
    Dialog dialog = uac(200, "Contact: <sip:x@y>", invite);
    CHECK(*dialog.ack(7).find("Authorization") == "Digest username=\"a\"");
    CHECK(dialog.ack(7).values("Proxy-Authorization").size() == 2);
    dialog.request("INVITE");
    CHECK_FALSE(dialog.ack(8).find("Authorization"));
}

TEST_CASE("a first route without lr takes the place of the Request-URI (12.2.1.1)") {
    Dialog dialog =
        uac(200, "Record-Route: <sip:p1;lr>, <sip:strict.example.com;method=BYE>\nContact: <sip:x@y;a=b>");
    const Builder bye = dialog.request("BYE");
    CHECK(bye.uri() == "sip:strict.example.com");
    CHECK(bye.values("Route") == std::vector<std::string>{"<sip:p1;lr>", "<sip:x@y;a=b>"});
}

TEST_CASE("an early dialog without Contact is sent to where the INVITE went, until the 2xx says more") {
    Dialog dialog = uac(180, "Record-Route: <sip:early;lr>");
    CHECK(dialog.remote_target().str() == "sip:2000@example.com");
    dialog.confirm(message(answer(200, "Record-Route: <sip:late;lr>\nContact: <sip:x@y>")));
    const Builder bye = dialog.request("BYE");
    CHECK(bye.uri() == "sip:x@y");
    CHECK(bye.values("Route") == std::vector<std::string>{"<sip:late;lr>"});
}

TEST_CASE("a request with a lower CSeq is out of order (12.2.2)") {
    Dialog dialog = uas();
    CHECK(dialog.accept(parsed(in_dialog("INFO", 313))) == Dialog::Check::OutOfOrder);
    CHECK(dialog.accept(parsed(in_dialog("INFO", 320))) == Dialog::Check::Good);
    CHECK(dialog.accept(parsed(in_dialog("BYE", 319))) == Dialog::Check::OutOfOrder);
    Dialog ours = uac(200, "Contact: <sip:x@y>");
    CHECK(ours.accept(parsed(in_dialog("BYE", 1))) == Dialog::Check::Good);
}

TEST_CASE("INVITE and UPDATE move the remote target, other requests do not") {
    Dialog dialog = uas();
    dialog.accept(parsed(in_dialog("INFO", 315, "<sip:no@no>")));
    CHECK(dialog.remote_target().host == "198.51.100.7");
    dialog.accept(parsed(in_dialog("INVITE", 316, "<sip:new@new.example.com>")));
    CHECK(dialog.remote_target().str() == "sip:new@new.example.com");
    dialog.accept(parsed(in_dialog("UPDATE", 317)));
    CHECK(dialog.remote_target().str() == "sip:new@new.example.com");
    dialog.refresh_target(message(answer(200, "Contact: <sip:newer@y>")));
    CHECK(dialog.remote_target().str() == "sip:newer@y");
}

TEST_CASE("a phone that comes back on another connection keeps its dialog") {
    Dialog dialog = uas();
    dialog.set_flow(8);
    dialog.set_local_contact("<sip:us@192.0.2.2>");
    CHECK(dialog.flow() == 8);
    CHECK(*dialog.request("UPDATE").find("Contact") == "<sip:us@192.0.2.2>");
}

TEST_CASE("a peer without tags or Contact is talked to as well as can be (RFC 2543)") {
    Dialog dialog = uas(R"(INVITE sip:1000@192.0.2.1 SIP/2.0
        Via: SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK1
        From: <sip:2000@example.com>
        To: <sip:1000@example.com>
        Call-ID: c1
        CSeq: 1 INVITE)");
    const Builder bye = dialog.request("BYE");
    CHECK(bye.uri() == "sip:2000@example.com");
    CHECK(*bye.find("To") == "<sip:2000@example.com>");
}

TEST_CASE("dialogs are found by their three names") {
    const std::hash<DialogId> of;
    CHECK(of({"a", "b", "c"}) == of({"a", "b", "c"}));
    CHECK(of({"a", "b", "c"}) != of({"a", "c", "b"}));
}

TEST_SUITE_END();

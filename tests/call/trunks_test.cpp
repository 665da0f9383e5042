// SPDX-License-Identifier: Apache-2.0
#include "call/phone_rig.h"

using namespace std::chrono_literals;
using namespace wakeline;
using test::Sent;
using test::TwoTrunks;

TEST_SUITE_BEGIN("call/trunks");

TEST_CASE_FIXTURE(TwoTrunks, "a call goes on to the next trunk when the first is left, with the same names") {
    call("sip:1001@example.com");
    const Sent first = take(pbx, "INVITE ");
    answer(first, 503);
    CHECK(take_words(pbx) == "ACK");
    const Sent other = take(second, "INVITE sip:1001@example.com SIP/2.0");
    CHECK(other.header("Call-ID") == first.header("Call-ID"));
    CHECK(other.header("CSeq") == first.header("CSeq"));
    CHECK(other.branch() != first.branch());
    answer(other, 486);
    CHECK(take_words(phone) == "100 486");
    CHECK(record().trunk == "second");
    CHECK(steps(record()) == "invite invite_sent trunk_failed invite_sent rejected ended");
}

TEST_CASE_FIXTURE(TwoTrunks, "the last trunk's answer is the phone's, unchanged (proves: SBC-TRN-14)") {
    call("sip:1001@example.com");
    answer(take(pbx, "INVITE "), 503);
    answer(take(second, "INVITE "), 503);
    CHECK(take_words(phone) == "100 503");
}

TEST_CASE_FIXTURE(TwoTrunks, "what rings is not taken elsewhere") {
    call("sip:1001@example.com");
    const Sent invite = take(pbx, "INVITE ");
    answer(invite, 180, "a", "Contact: <sip:1001@10.0.0.5:5060>");
    answer(invite, 503, "a");
    CHECK(take_words(phone) == "100 180 503");
    CHECK(silent(second));
}

TEST_CASE_FIXTURE(TwoTrunks, "a trunk that is down is passed over at once (proves: PBX-13)") {
    hop.up = false;
    call("sip:1001@example.com");
    CHECK(silent(pbx));
    take(second, "INVITE ");
    second_hop.up = false;
    call("sip:1001@example.com", "other");
    const Sent trying = take(phone, "SIP/2.0 100");
    take(phone, "SIP/2.0 100");
    const Sent refused = take(phone, "SIP/2.0 503");
    CHECK(refused.header("Retry-After") == "5");
    CHECK(refused.header("Reason").find("PBX is not reachable") != std::string::npos);
}

TEST_CASE_FIXTURE(
    TwoTrunks,
    "when all lines of a trunk are busy the next is used, and then the phone told (proves: UP-09)") {
    hop.lines().set_limit(1);
    second_hop.lines().set_limit(1);
    call("sip:1001@example.com", "c1");
    take(pbx, "INVITE ");
    call("sip:1001@example.com", "c2");
    const Sent invite = take(second, "INVITE ");
    call("sip:1001@example.com", "c3");
    CHECK(record().reason.starts_with("all lines busy"));
    CHECK(record().status == 503);
    answer(invite, 486);
    CHECK(second_hop.lines().in_use() == 0);
    call("sip:1001@example.com", "c4");
    take(second, "ACK ");
    take(second, "INVITE ");
}

TEST_CASE_FIXTURE(TwoTrunks, "a call that rings longer than the trunk allows ends") {
    hop.rings = 30s;
    call("sip:1001@example.com");
    const Sent invite = take(pbx, "INVITE ");
    answer(invite, 180, "a", "Contact: <sip:1001@10.0.0.5:5060>");
    timers.advance(30s);
    CHECK(take_words(phone) == "100 180 408");
    CHECK(take_words(pbx) == "CANCEL");
    CHECK(silent(second));
}

TEST_CASE_FIXTURE(TwoTrunks,
                  "what nobody may refuse: an emergency call passes limits and lines (proves: SBC-CALL-04)") {
    hop.lines().set_limit(1);
    second_hop.lines().set_limit(1);
    calls.configure({}, {.calls_per_second = 1, .upstream = 100}, {});
    call("sip:1001@example.com", "c1");
    take(pbx, "INVITE ");
    call("sip:1001@example.com", "c2");
    CHECK(record().status == 503);
    call("sip:112@example.com", "c3");
    take(pbx, "INVITE sip:112@example.com");
    call("sip:11-0@example.com", "c4");
    take(pbx, "INVITE ");
}

TEST_CASE("an emergency call may be refused, with a hint (proves: SBC-CALL-04)") {
    TwoTrunks rig({.domains = {"example.com"},
                   .own_addresses = {"10.0.0.4"},
                   .emergency = {.policy = call::EmergencyPolicy::Refuse, .hint = "Use your \"cell\""}});
    rig.call("sip:911@example.com");
    rig.take(rig.phone, "SIP/2.0 100");
    const Sent refused = rig.take(rig.phone, "SIP/2.0 403 Use your");
    CHECK(refused.header("Warning") == "399 example.com \"Use your cell\"");
    CHECK(rig.silent(rig.pbx));
}

TEST_CASE_FIXTURE(TwoTrunks, "a call without room on the line to the internet is refused (proves: UP-08)") {
    calls.configure({}, {.upstream = 100}, {});
    call("sip:1001@example.com", "c1");
    const Sent invite = take(pbx, "INVITE ");
    call("sip:1001@example.com", "c2");
    CHECK(record().reason == "no room on the line to the internet");
    answer(invite, 486);
    call("sip:1001@example.com", "c3");
    take(pbx, "ACK ");
    take(pbx, "INVITE ");
}

TEST_CASE_FIXTURE(TwoTrunks, "a call goes first to the trunk that granted the phone's registration") {
    locator.bindings[0].upstream_trunk = "second"; // proves: SBC-TRN-11
    call("sip:1001@example.com");
    answer(take(second, "INVITE "), 503);
    take(second, "ACK ");
    answer(take(pbx, "INVITE "), 486);
    CHECK(take_words(phone) == "100 486");
    CHECK(record().trunk == "pbx");
}

TEST_CASE("each trunk hears what its own rules for headers and identity let pass") {
    TwoTrunks rig({.domains = {"example.com"},
                   .own_addresses = {"10.0.0.4"},
                   .to_trunks = {{"pbx", {}}, {"second", {.pass = {"X-Room"}}}},
                   .assert_identity = {{"pbx", call::AssertIdentity::Always},
                                       {"second", call::AssertIdentity::Never}}});
    rig.call("sip:1001@example.com", "c1", "X-Room: 12\n");
    const Sent first = rig.take(rig.pbx, "INVITE ");
    CHECK(first.header("X-Room") == "-");
    CHECK(first.header("P-Asserted-Identity") == "<sip:alice@example.com>");
    rig.answer(first, 503);
    const Sent other = rig.take(rig.second, "INVITE ");
    CHECK(other.header("X-Room") == "12");
    CHECK(other.header("P-Asserted-Identity") == "-");
    CHECK(other.body().starts_with("v=0"));
}

TEST_CASE_FIXTURE(TwoTrunks, "the media of a call that goes elsewhere follow the rules of that trunk") {
    call("sip:1001@example.com");
    answer(take(pbx, "INVITE "), 503);
    const Sent other = take(second, "INVITE ");
    CHECK(media.sessions.at(2).setup.trunk == "second");
    CHECK(media.open_sessions() == 1);
    answer(other, 486);
    CHECK(media.open_sessions() == 0);
}

TEST_CASE_FIXTURE(TwoTrunks, "a trunk whose media rules refuse the offer is passed over") {
    call("sip:1001@example.com");
    media.refuse_next = Error{ErrorCode::Refused, "no SRTP"};
    answer(take(pbx, "INVITE "), 503);
    CHECK(take_words(phone) == "100 488");
    CHECK(silent(second));
    CHECK(second_hop.lines().in_use() == 0);
}

TEST_CASE_FIXTURE(TwoTrunks, "a trunk through the internet that stands in needs room on the line (UP-08)") {
    second_hop.via_internet = true;
    calls.configure({}, {.upstream = 100, .upstream_phones = false}, {});
    call("sip:1001@example.com", "c1");
    answer(take(pbx, "INVITE "), 503);
    take(pbx, "ACK ");
    take(second, "INVITE ");
    call("sip:1001@example.com", "c2");
    answer(take(pbx, "INVITE "), 503);
    CHECK(record().reason.starts_with("no room on the line to the internet"));
}

TEST_CASE_FIXTURE(TwoTrunks, "a MESSAGE of a phone goes on to the next trunk, in the numbers of that one") {
    second_hop.prefix = "0";
    const auto send = [&](const std::string& id) {
        transport.receive(phone, "MESSAGE sip:1001@example.com SIP/2.0\nVia: SIP/2.0/TLS "
                                 "198.51.100.7:40001;branch=z9hG4bK" +
                                     id +
                                     "\nFrom: <sip:alice@example.com>;tag=phone\nTo: "
                                     "<sip:1001@example.com>\nCall-ID: " +
                                     id + "\nCSeq: 1 MESSAGE\nContent-Type: text/plain\n\nhello\n");
    };
    send("m1");
    const Sent first = take(pbx, "MESSAGE sip:1001@example.com SIP/2.0");
    answer(first, 503);
    const Sent other = take(second, "MESSAGE sip:01001@example.com SIP/2.0");
    CHECK(other.header("To") == "<sip:01001@example.com>");
    CHECK(other.header("Call-ID") == first.header("Call-ID"));
    CHECK(other.body() == "hello\r\n");
    answer(other, 202);
    CHECK(take_words(phone) == "202");

    hop.up = false;
    send("m2");
    answer(take(second, "MESSAGE "), 503); // the last one's answer counts
    CHECK(take_words(phone) == "503");
    second_hop.up = false;
    send("m3");
    CHECK(take_words(phone) == "503");
}

TEST_CASE_FIXTURE(TwoTrunks, "a subscription lives with the trunk that took it") {
    second_hop.contact = "10.0.0.4:5090;transport=udp";
    transport.receive(phone, "SUBSCRIBE sip:alice@example.com SIP/2.0\nVia: SIP/2.0/TLS "
                             "198.51.100.7:40001;branch=z9hG4bKs\nFrom: <sip:alice@example.com>;tag=phone\n"
                             "To: <sip:alice@example.com>\nCall-ID: s1\nCSeq: 1 SUBSCRIBE\nContact: "
                             "<sip:alice@198.51.100.7:40001>\nEvent: dialog\nExpires: 600\n");
    answer(take(pbx, "SUBSCRIBE "), 503);
    const Sent asked = take(second, "SUBSCRIBE ");
    CHECK(asked.header("Contact") == "<sip:wl-1@10.0.0.4:5090;transport=udp>");
    answer(asked, 200, "far", "Contact: <sip:state@10.0.0.6>\nExpires: 600");
    CHECK(take_words(phone) == "200");
    peers.address = *net::SocketAddress::parse("10.0.0.6:5060");
    send_back(asked, "NOTIFY", 1, "far", "Event: dialog\nSubscription-State: active\n");
    answer(take(phone, "NOTIFY "), 200, "");
    CHECK(take_words(second) == "200");
}

TEST_SUITE_END();

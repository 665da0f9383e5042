// SPDX-License-Identifier: Apache-2.0
#include "call/call_rig.h"
#include "call/host_hiding.h"

using namespace wakeline;
using test::CallRig;
using test::Sent;

namespace {

/// Everything that names the PBX or the trunk side in a call of the rig.
constexpr const char* kTrunkNames[] = {"10.0.0.5", "10.0.0.4",   "pbx-call",
                                       "tag=pbx",  "z9hG4bKpbx", "SecretPBX"};
/// Everything that names the phone or the access side.
constexpr const char* kPhoneNames[] = {"198.51.100.7", "192.0.2.10", "sbc.example.com", "tag=far",
                                       "pn-",          "TEAM123456", "SecretPhone",     "aabb1"};

template <std::size_t N>
void check_hides(const Sent& sent, const char* const (&names)[N]) {
    for (const char* name : names)
        CHECK_MESSAGE(sent.text.find(name) == std::string::npos, name << " in\n" << sent.text);
}

constexpr auto kPbxHeaders = "User-Agent: SecretPBX 1.0\n"
                             "Record-Route: <sip:10.0.0.5;lr>\n"
                             "P-Asserted-Identity: \"Bob\" <sip:1001@10.0.0.5>, <tel:+15551001>\n"
                             "Diversion: <sip:2000@10.0.0.5:5060>;reason=no-answer\n"
                             "History-Info: <sip:2000@10.0.0.5?Reason=SIP%3Bcause%3D302>;index=1\n"
                             "Call-Info: <http://10.0.0.5/bob.png>;purpose=icon\n"
                             "Alert-Info: <http://www.notused.com>;info=external\n"
                             "Remote-Party-ID: <sip:1001@10.0.0.5>;party=calling\n"
                             "Supported: timer, replaces, sec-agree\n"
                             "Session-Expires: 1800;refresher=uac\n"
                             "X-SecretPBX: yes\n"
                             "Subject: lunch\n";

} // namespace

TEST_SUITE_BEGIN("call/topology");

TEST_CASE("a phone learns nothing of the PBX's names and addresses, and the caller passes untouched") {
    CallRig rig; // proves: SBC-ONS-01, SBC-ONS-04, SBC-FWD-04
    const sip::FlowId phone = rig.awake(1);
    rig.dial({.more = kPbxHeaders});
    const Sent invite = rig.take(phone, "INVITE ");
    check_hides(invite, kTrunkNames);
    CHECK(invite.header("From").starts_with("\"Bob\" <sip:1001@example.com>;tag="));
    CHECK(invite.header("To") == "<sip:alice@example.com>");
    CHECK(invite.header("Contact") == "<sip:1001@sbc.example.com:5061;transport=tls>");
    CHECK(invite.header("P-Asserted-Identity") == "\"Bob\" <sip:1001@example.com>, <tel:+15551001>");
    CHECK(invite.header("Diversion") == "<sip:2000@example.com>;reason=no-answer");
    CHECK(invite.header("Call-Info") == "<http://example.com/bob.png>;purpose=icon");
    CHECK(invite.header("Alert-Info") == "<http://www.notused.com>;info=external");
    CHECK(invite.header("Supported") == "replaces, timer");
    CHECK(invite.header("Session-Expires") == "1800;refresher=uac");
    CHECK(invite.header("Subject") == "lunch");
    CHECK(invite.header("Max-Forwards") == "69");
    CHECK(invite.header("Record-Route") == "-");

    rig.answer_with_sdp(invite, 200);
    const Sent ack = rig.take(phone, "ACK ");
    check_hides(ack, kTrunkNames);
    rig.take(rig.pbx, "SIP/2.0 100");
    rig.caller_sends(rig.take(rig.pbx, "SIP/2.0 200"), "BYE", 2, "User-Agent: SecretPBX\n");
    check_hides(rig.take(phone, "BYE "), kTrunkNames);
}

TEST_CASE("the PBX learns nothing of the phone's names and addresses, nor of its push data") {
    CallRig rig; // scenario 43
    const sip::FlowId phone = rig.awake(1);
    rig.dial({.more = kPbxHeaders});
    const Sent invite = rig.take(phone, "INVITE ");
    rig.answer(invite, 200, "far",
               std::string("Contact: <sip:alice@198.51.100.7:40001;transport=tls;pn-provider=apns;"
                           "pn-param=TEAM123456.com.example;pn-prid=aabb1>;+sip.instance=\"<urn:uuid:x>\"\n"
                           "Server: SecretPhone 2.0\nP-Asserted-Identity: <sip:mobile@198.51.100.7>\n"
                           "Allow: INVITE, ACK, BYE") +
                   CallRig::kSdp);
    rig.take(rig.pbx, "SIP/2.0 100");
    const Sent ok = rig.take(rig.pbx, "SIP/2.0 200");
    check_hides(ok, kPhoneNames);
    CHECK(ok.header("Contact") == "<sip:alice@10.0.0.4:5080;transport=udp>");
    CHECK(ok.header("Record-Route") == "<sip:10.0.0.5;lr>"); // its own, RFC 3261 12.1.1
    CHECK(ok.header("P-Asserted-Identity") == "-");
    CHECK(ok.header("Allow") == "INVITE, ACK, BYE");
    rig.caller_sends(ok, "ACK", 1);
    rig.send_back(
        invite, "BYE", 1, "far",
        "User-Agent: SecretPhone\nReason: Q.850;cause=16\nContact: <sip:x@198.51.100.7;pn-prid=aabb1>\n");
    const Sent bye = rig.take(rig.pbx, "BYE ");
    check_hides(bye, kPhoneNames);
    CHECK(bye.header("Reason") == "Q.850;cause=16");
    CHECK(bye.header("Route") == "<sip:10.0.0.5;lr>");
}

TEST_CASE("an identity that shall stay private does not reach a phone (RFC 3325 7)") {
    CallRig rig;
    const sip::FlowId phone = rig.awake(1);
    rig.dial({.from = "\"Anonymous\" <sip:anonymous@anonymous.invalid>",
              .more = "P-Asserted-Identity: <sip:1001@10.0.0.5>\nPrivacy: id\n"});
    const Sent invite = rig.take(phone);
    CHECK(invite.header("P-Asserted-Identity") == "-");
    CHECK(invite.header("From").starts_with("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag="));
}

TEST_CASE("hosts that say where somebody is become the domain, foreign domains stay") {
    const call::HostHiding hosts("example.com", {"pbx.internal"});
    CHECK(hosts.hide_in("<sip:a@192.0.2.1:5060;transport=tcp;user=phone>;x=y") ==
          "<sip:a@example.com;user=phone>;x=y");
    CHECK(hosts.hide_in("sip:a@[2001:db8::1];tag=1") == "sip:a@example.com;tag=1");
    CHECK(hosts.hide_in("\"<sip:a@192.0.2.1>\" <sip:b@PBX.internal>, <sip:c@other.org>") ==
          "\"<sip:a@192.0.2.1>\" <sip:b@example.com>, <sip:c@other.org>");
    CHECK(hosts.hide_in("<tel:+1555>") == "<tel:+1555>");
    CHECK(hosts.hide_in("<https://10.0.0.5:8443/x?y>") == "<https://example.com/x?y>");
    CHECK(hosts.hide_in("<sip:b@other.org;pn-prid=secret>") == "<sip:b@other.org>");
    CHECK(hosts.hide_in("<sip:@@@>") == "<sip:example.com>");
    CHECK(hosts.hide_warning("399 10.0.0.5:5060 \"a, b\", 301 other.org \"c\"") ==
          "399 example.com \"a, b\", 301 other.org \"c\"");
    CHECK(hosts.hide_warning("nonsense") == "nonsense");
}

TEST_SUITE_END();

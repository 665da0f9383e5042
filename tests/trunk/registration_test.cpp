// SPDX-License-Identifier: Apache-2.0
#include "trunk/registration.h"

#include "trunk_fixture.h"

using namespace wakeline;
using namespace wakeline::test::trunk_rig;

namespace {

struct Registering : Fixture {
    Peer& open(const std::string& uri = "sip:10.0.0.5:5060;transport=tcp",
               const std::string& registrar = {}) {
        TrunkConfig config = config_of(uri);
        config.options_interval = 0s;
        config.registration = {.user = "100",
                               .auth_user = "trunk-100",
                               .password_file = {},
                               .domain = "provider.example",
                               .registrar = registrar,
                               .expires = 600s};
        peer = std::move(*Peer::create("pbx", config, environment));
        REQUIRE(peer->keep_registered(Secret("secret")));
        dns.run();
        timers.advance(0s);
        return *peer;
    }
    void answer_with(const test::FakeTransport::Sent& sent, int status, const std::string& more) {
        transport.receive(sent.flow, "SIP/2.0 " + std::to_string(status) + " X\nVia: " + sent.header("Via") +
                                         "\nFrom: " + sent.header("From") + "\nTo: " + sent.header("To") +
                                         ";tag=r\nCall-ID: " + sent.header("Call-ID") +
                                         "\nCSeq: " + sent.header("CSeq") + "\n" + more);
    }
    void grant(const test::FakeTransport::Sent& sent, const std::string& expires) {
        answer_with(sent, 200, "Contact: " + sent.header("Contact") + ";expires=" + expires + "\n");
    }
    std::string words() const { return peer->snapshot().registration; }
};

constexpr auto kChallenge =
    "WWW-Authenticate: Digest realm=\"provider.example\", nonce=\"n1\", qop=\"auth\"\n";

} // namespace

TEST_SUITE_BEGIN("trunk/registration");

TEST_CASE_FIXTURE(Registering,
                  "a trunk registers with its own user and password, and says so in words (proves: UP-03)") {
    open();
    CHECK(words() == "not registered yet: no answer so far");
    const auto first = transport.take();
    CHECK(first.first_line() == "REGISTER sip:provider.example SIP/2.0");
    CHECK(first.header("To") == "<sip:100@provider.example>");
    CHECK(first.header("Contact") == "<sip:100@192.0.2.1:5080;transport=tcp>");
    CHECK(first.header("Expires") == "600");
    answer_with(first, 401, kChallenge);
    timers.advance(0s);
    const auto second = transport.take();
    CHECK(second.header("Authorization").find("username=\"trunk-100\"") != std::string::npos);
    CHECK(second.header("Call-ID") == first.header("Call-ID"));
    CHECK(second.header("CSeq") == "2 REGISTER");
    CHECK(transport.info(second.flow)->remote == transport.info(first.flow)->remote);
    grant(second, "300");
    CHECK(words().starts_with("registered as 100 until "));
    CHECK(peer->snapshot().registered);
    CHECK(metrics.registered.value() == 1);
    CHECK(lines.text.find("secret") == std::string::npos);

    timers.advance(239s);
    CHECK(transport.sent.empty());
    timers.advance(1s); // four fifths of the grant
    const auto refresh = transport.take();
    CHECK(refresh.header("Authorization").find("nc=00000002") != std::string::npos);
    grant(refresh, "300");
}

TEST_CASE_FIXTURE(Registering, "a longer time is asked for when the registrar wants it") {
    open();
    answer_with(transport.take(), 423, "Min-Expires: 900\n");
    timers.advance(0s);
    const auto again = transport.take();
    CHECK(again.header("Expires") == "900");
    grant(again, "900");
    CHECK(peer->snapshot().registered);
}

TEST_CASE_FIXTURE(Registering, "a refusal is told with a hint, and tried again after growing pauses") {
    open();
    answer_with(transport.take(), 401, kChallenge);
    timers.advance(0s);
    answer_with(transport.take(), 401, kChallenge); // not stale: the password is wrong
    CHECK(words() == "not registered: the registrar answers 401 X: the user name or the password is wrong");
    CHECK_FALSE(peer->available()); // calls would be refused
    CHECK(peer->snapshot().last_failure.starts_with("the registrar answers 401"));
    timers.advance(29s);
    CHECK(transport.sent.empty());
    timers.advance(4s);
    answer_with(transport.take(), 403, "");
    CHECK(words().ends_with("user, password or our address are not allowed there"));
    timers.advance(59s);
    CHECK(transport.sent.empty());
    timers.advance(7s);
    grant(transport.take(), "600");
    CHECK(peer->available());
    CHECK(lines.text.find("the trunk is not registered") == lines.text.rfind("the trunk is not registered"));
}

TEST_CASE_FIXTURE(Registering, "Retry-After is honoured, and a grant that lasts outlives a failed refresh") {
    open();
    grant(transport.take(), "600");
    timers.advance(480s);
    answer_with(transport.take(), 500, "Retry-After: 100\n");
    CHECK(peer->snapshot().registered);
    timers.advance(99s);
    CHECK(transport.sent.empty());
    timers.advance(1s);
    answer_with(transport.take(), 500, "");
    CHECK(peer->snapshot().registered);
    timers.advance(70s);
    answer_with(transport.take(), 500, "");
    CHECK_FALSE(peer->snapshot().registered);
}

TEST_CASE_FIXTURE(Registering, "when the connection ends a new one is registered at once") {
    open();
    const auto first = transport.take();
    grant(first, "600");
    transport.disconnect(first.flow);
    peer->on_flow_closed(first.flow);
    timers.advance(1s);
    const auto again = transport.take();
    CHECK(again.first_line().starts_with("REGISTER"));
    CHECK(again.flow != first.flow);
    grant(again, "600");
}

TEST_CASE_FIXTURE(Registering, "silence is told with a hint at the firewall (proves: UP-03)") {
    open("sip:10.0.0.5:65061;transport=udp");
    transport.sent.clear();
    timers.advance(10s);
    CHECK(words() ==
          "not registered: no answer from 10.0.0.5:65061: is the name right, and does the firewall let us "
          "out to that port?");
}

TEST_CASE_FIXTURE(Registering,
                  "a registrar may be elsewhere, and calls from it are of the trunk (proves: SBC-TRN-09)") {
    open("sip:10.0.0.5:5060;transport=tcp", "sip:10.0.0.9:5090;transport=tcp");
    const auto sent = transport.take();
    CHECK(where(sent) == "10.0.0.9:5090");
    grant(sent, "600");
    CHECK(peer->owns(*transport.info(sent.flow)) == 3);
    CHECK(peer->snapshot().address == "10.0.0.5:5060");
    CHECK(metrics.peers_up.value() == 1);
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include "registrar/registrar.h"

#include "registrar_fixture.h"
#include "sip/digest_client.h"

using namespace wakeline;
using namespace wakeline::test;
using namespace std::chrono_literals;
using registrar::User;

namespace {

/// What a phone answers to that challenge.
std::string credentials(sip::DigestClient& phone, std::string_view method, std::string_view uri) {
    auto request = sip::Builder::request(method, uri);
    phone.authorize(request);
    const auto value = request.find(method == "REGISTER" ? "Authorization" : "Proxy-Authorization");
    REQUIRE(value);
    return std::string(*value);
}

registrar::RegistrationConfig local() {
    auto config = exact();
    config.mode = registrar::Mode::Local;
    return config;
}

struct Fixture : RegistrarFixture {
    Fixture() { around.pbx = nullptr; } // nobody else is asked

    sip::ServerTx send(const Register& r = {}) {
        registrar.on_register(++last_tx, r.flow, parsed(text(r)));
        store.write();
        return last_tx;
    }
    /// Registers, answering the challenge as that user.
    sip::ServerTx sign_in(sip::DigestClient& phone, const Register& r = {}) {
        REQUIRE(phone.take_challenge(answer(send(r))));
        const std::string value = credentials(phone, "REGISTER", "sip:example.com");
        return send({.user = r.user,
                     .contact = r.contact,
                     .call_id = r.call_id,
                     .cseq = r.cseq + 1,
                     .flow = r.flow,
                     .more = {{"Authorization", value}}});
    }
    sip::Message invite(std::string_view from, SipHeaders more = {}) {
        return parsed(sip_request({.uri = "sip:bob@example.com", .from = from, .more = more}));
    }

    registrar::Users users{{{"alice", User{.password = Secret("secret")}},
                            {"bob@example.com", User{.password = Secret("hidden")}}}};
    registrar::Authenticator authenticator{authenticator_parts(), users, "example.com"};
    registrar::Registrar registrar{parts(authenticator), local()};
    sip::DigestClient alice{"alice", Secret("secret")};
};

constexpr std::string_view kFromAlice = "<sip:alice@example.com>;tag=1";

} // namespace

TEST_SUITE_BEGIN("registrar/registrar: local");

TEST_CASE_FIXTURE(Fixture, "a phone is challenged with both hashes, and proved to in its turn") {
    // proves: SBC-AUTH-01, SBC-AUTH-02
    const auto first = send();
    CHECK(status(first) == "401 Unauthorized");
    const auto challenges = answer(first).headers("WWW-Authenticate");
    REQUIRE(challenges.size() == 2);
    CHECK(challenges[0].find("algorithm=SHA-256") != std::string::npos);
    CHECK(challenges[1].find("algorithm=MD5") != std::string::npos);
    CHECK(bindings.find(kAlice).empty());

    const auto ok = answer(sign_in(alice));
    CHECK(ok.status() == 200);
    CHECK(alice.proves_server(ok) == true);
    CHECK(ok.header("Contact") == "<sip:alice@10.0.0.7:40000;transport=tls>;expires=3600");
    CHECK(bindings.find(kAlice).size() == 1);
    CHECK(counters.authentication_failures.value() == 0);
}

TEST_CASE_FIXTURE(Fixture, "a wrong password and an unknown user look alike: challenged again, and counted") {
    sip::DigestClient wrong("alice", Secret("guess")), nobody("mallory", Secret("guess"));
    CHECK(status(sign_in(wrong)) == "401 Unauthorized");
    CHECK(status(sign_in(nobody)) == "401 Unauthorized");
    CHECK(counters.authentication_failures.value() == 2);
    CHECK(bindings.find(kAlice).empty());
}

TEST_CASE_FIXTURE(Fixture, "nobody signs in for another's number") { // proves: SBC-AUTH-03
    sip::DigestClient bob("bob@example.com", Secret("hidden")), again = bob;
    CHECK(status(sign_in(bob, {.user = "alice"})) == "403 Digest User Is Another");
    CHECK(status(sign_in(again, {.user = "bob"})) == "200 OK");
}

TEST_CASE_FIXTURE(Fixture, "an old nonce is told to be stale, so that the user is not asked again") {
    REQUIRE(alice.take_challenge(answer(send())));
    timers.advance(10min);
    const std::string value = credentials(alice, "REGISTER", "sip:example.com");
    const auto again = answer(send({.cseq = 2, .more = {{"Authorization", value}}}));
    CHECK(again.status() == 401);
    CHECK(again.header("WWW-Authenticate")->find("stale=true") != std::string::npos);
    CHECK(alice.take_challenge(again));
}

TEST_CASE_FIXTURE(Fixture, "a REGISTER that is heard twice is not believed twice") {
    REQUIRE(alice.take_challenge(answer(send())));
    const std::string value = credentials(alice, "REGISTER", "sip:example.com");
    CHECK(status(send({.cseq = 2, .more = {{"Authorization", value}}})) == "200 OK");
    CHECK(status(send({.call_id = "replay", .cseq = 2, .more = {{"Authorization", value}}})) ==
          "401 Unauthorized");
}

TEST_CASE_FIXTURE(Fixture, "we grant what is asked within the limits, and the maximum when nothing is") {
    // proves: SBC-REG-02
    const auto granted = [&](const std::string& contact) {
        sip::DigestClient phone = alice;
        const auto tx = sign_in(phone, {.contact = contact, .cseq = static_cast<unsigned>(last_tx) * 2 + 1});
        return std::string(answer(tx).contacts().at(0).params.get("expires").value_or("-"));
    };
    CHECK(granted("<sip:a@10.0.0.7>;expires=7200") == "7200");
    CHECK(granted("<sip:a@10.0.0.7>;expires=9999999") == "604800");
    CHECK(granted("<sip:a@10.0.0.7>") == "604800");
}

TEST_CASE_FIXTURE(Fixture, "calls of phones are challenged by 407, and a caller is who signed") {
    // proves: SBC-AUTH-01
    const auto challenged = authenticator.check(invite(kFromAlice));
    REQUIRE(challenged.refusal);
    CHECK(challenged.refusal->status() == 407);
    REQUIRE(alice.take_challenge(parsed(challenged.refusal->str())));

    const std::string value = credentials(alice, "INVITE", "sip:bob@example.com");
    const auto passed = authenticator.check(invite(kFromAlice, {{"Proxy-Authorization", value}}));
    CHECK(passed.passed());
    CHECK(passed.user == "alice");

    const std::string next = credentials(alice, "INVITE", "sip:bob@example.com");
    CHECK(authenticator.check(invite("<sip:boss@example.com>;tag=1", {{"Proxy-Authorization", next}}))
              .refusal->status() == 403);
    const std::string hidden = credentials(alice, "INVITE", "sip:bob@example.com");
    CHECK(authenticator
              .check(invite("<sip:anonymous@anonymous.invalid>;tag=1", {{"Proxy-Authorization", hidden}}))
              .passed());
}

TEST_CASE_FIXTURE(Fixture, "in mode forward nothing is asked here") { // proves: SBC-AUTH-04
    registrar::Authenticator open{authenticator_parts()};
    CHECK(open.check(invite(kFromAlice)).passed());
}

TEST_CASE_FIXTURE(Fixture, "who guesses is slowed, then not heard, and calls count as registrations do") {
    // proves: SBC-AUTH-05
    sip::DigestClient wrong("alice", Secret("guess"));
    REQUIRE(wrong.take_challenge(parsed(registrar.check(1, invite(kFromAlice))->str())));
    const auto call = [&] {
        const std::string value = credentials(wrong, "INVITE", "sip:bob@example.com");
        return registrar.check(1, invite(kFromAlice, {{"Proxy-Authorization", value}}));
    };
    for (int i = 0; i < 10; ++i) {
        const auto refused = call();
        REQUIRE(refused);
        CHECK(refused->status() == 407);
    }
    CHECK(call()->status() == 403);
    const std::string guess =
        R"(Digest username="alice", realm="example.com", nonce="n", uri="sip:example.com")";
    CHECK(status(send({.cseq = 20, .more = {{"Authorization", guess}}})) == "403 Too Many Wrong Passwords");
    CHECK(counters.authentication_failures.value() == 10);
    CHECK(status(sign_in(alice, {.flow = 2})) == "200 OK"); // the owner, elsewhere
}

TEST_CASE_FIXTURE(Fixture, "who guesses shuts out nobody that is registered from the same address") {
    CHECK(status(sign_in(alice)) == "200 OK");
    for (const sip::FlowId flow : {7, 8}) { // two more connections from there
        around.flows[flow] = around.flows[1];
        around.flows[flow].remote.set_port(static_cast<std::uint16_t>(flow));
    }
    const auto guess = [&](const std::string& user) {
        const std::string value =
            "Digest username=\"" + user +
            "\", realm=\"example.com\", nonce=\"n\", uri=\"sip:example.com\", response=\"00\","
            " qop=auth, nc=00000001, cnonce=\"c\"";
        return status(send({.user = user, .call_id = user, .flow = 7, .more = {{"Authorization", value}}}));
    };
    const auto back_as_alice = [&](unsigned cseq) {
        sip::DigestClient again("alice", Secret("secret"));
        return status(sign_in(again, {.cseq = cseq, .flow = 8}));
    };
    for (int i = 0; i < 100; ++i)
        guess("u" + std::to_string(i));
    CHECK(guess("somebody") == "403 Too Many Wrong Passwords");
    CHECK(back_as_alice(10) == "200 OK");
    for (int i = 0; i < 10; ++i)
        guess("alice");
    CHECK(guess("alice") == "403 Too Many Wrong Passwords");
    CHECK(back_as_alice(20) == "200 OK");
}

TEST_CASE_FIXTURE(Fixture, "users may be replaced while we run") {
    users.replace({{"alice", User{.password = Secret("new")}}});
    CHECK(status(sign_in(alice)) == "401 Unauthorized");
    sip::DigestClient renewed("alice", Secret("new"));
    CHECK(status(sign_in(renewed)) == "200 OK");
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include "sip/digest_server.h"

#include <doctest/doctest.h>

#include <string>

#include "fakes/sip_text.h"
#include "sip/auth_header.h"
#include "sip/digest_client.h"

using namespace std::chrono_literals;
using namespace wakeline;
using namespace wakeline::sip;
using namespace wakeline::test;
using Outcome = DigestVerdict::Outcome;

namespace {

constexpr std::string_view kUri = "sip:example.com";

/// Both sides, and a clock that the test moves.
struct Fixture {
    DigestServer make_server(std::vector<digest::Algorithm> algorithms, std::size_t max_used = 1'000) {
        return DigestServer({.realm = "example.com",
                             .nonce_key = Secret("a key"),
                             .algorithms = std::move(algorithms),
                             .nonces = {.lifetime = 5min, .max_used = max_used}});
    }

    Message challenge(bool stale = false) {
        auto response = Builder::response(parsed(sip_request({.method = "REGISTER", .uri = kUri})), 401, "t");
        for (const std::string& value : server.challenges(now, stale))
            response.add("WWW-Authenticate", value);
        return parsed(response.str());
    }

    Message request(std::string_view uri = kUri) {
        auto builder = Builder::request("REGISTER", uri);
        builder.add("Via", "SIP/2.0/TLS h;branch=z9hG4bK1").add("From", "<sip:alice@example.com>;tag=1");
        builder.add("To", "<sip:alice@example.com>").add("Call-ID", "1").add("CSeq", "1 REGISTER");
        client.authorize(builder);
        return parsed(builder.str());
    }

    DigestVerdict verify(const Message& m) {
        return server.verify(
            m, "Authorization",
            [this](std::string_view user) { return user == "alice" ? std::optional(alice) : std::nullopt; },
            now);
    }
    Outcome outcome(const Message& m) { return verify(m).outcome; }

    Message success(const DigestVerdict& verdict) {
        auto response = Builder::response(request(), 200, "t");
        return parsed(response.add("Authentication-Info", verdict.authentication_info).str());
    }

    net::WallTime now = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
    DigestUser alice{.password = Secret("secret")};
    DigestServer server = make_server({digest::Algorithm::Sha256, digest::Algorithm::Md5});
    DigestClient client{"alice", Secret("secret")};
};

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

Message with_credentials(std::string_view value) {
    return parsed(sip_request({.method = "REGISTER", .uri = kUri, .more = {{"Authorization", value}}}));
}

} // namespace

TEST_SUITE_BEGIN("sip/digest_server");

TEST_CASE_FIXTURE(Fixture, "a client that knows the password is accepted, and the server proves itself") {
    // proves: SBC-AUTH-01, SBC-AUTH-02
    CHECK(outcome(request()) == Outcome::NoCredentials);
    REQUIRE(client.take_challenge(challenge()));
    const Message first = request();
    CHECK(first.header("Authorization")->find("algorithm=SHA-256") != std::string::npos);
    const DigestVerdict verdict = verify(first);
    CHECK(verdict.outcome == Outcome::Accepted);
    CHECK(verdict.user == "alice");
    CHECK(AuthHeader::parse_info(verdict.authentication_info)->get("nc") == "00000001");
    auto answer = Builder::response(first, 200, "t");
    CHECK(client.proves_server(
              parsed(answer.add("Authentication-Info", verdict.authentication_info).str())) == true);
}

TEST_CASE_FIXTURE(Fixture, "every algorithm works, from a password and from its hash") {
    using digest::Algorithm;
    for (const auto algorithm :
         {Algorithm::Md5, Algorithm::Md5Sess, Algorithm::Sha256, Algorithm::Sha256Sess}) {
        server = make_server({algorithm});
        for (const bool hashed : {false, true}) {
            alice = {.password = Secret("secret")};
            if (hashed)
                alice = {.ha1_md5 = digest::ha1(Algorithm::Md5, "alice", "example.com", Secret("secret")),
                         .ha1_sha256 =
                             digest::ha1(Algorithm::Sha256, "alice", "example.com", Secret("secret"))};
            client = DigestClient("alice", Secret("secret"));
            REQUIRE(client.take_challenge(challenge()));
            CHECK(outcome(request()) == Outcome::Accepted);
        }
    }
}

TEST_CASE_FIXTURE(Fixture, "a wrong password and an unknown user are told apart for us alone") {
    client = DigestClient("alice", Secret("wrong"));
    REQUIRE(client.take_challenge(challenge()));
    CHECK(outcome(request()) == Outcome::WrongPassword);
    const auto again = client.take_challenge(challenge());
    REQUIRE_FALSE(again);
    CHECK(again.error().message == "user name or password refused for example.com");

    client = DigestClient("mallory", Secret(""));
    REQUIRE(client.take_challenge(challenge()));
    const DigestVerdict verdict = verify(request());
    CHECK(verdict.outcome == Outcome::UnknownUser);
    CHECK(verdict.user == "mallory");
}

TEST_CASE_FIXTURE(Fixture, "a user without any secret cannot sign in with an empty password") {
    alice = {};
    client = DigestClient("alice", Secret(""));
    REQUIRE(client.take_challenge(challenge()));
    CHECK(outcome(request()) == Outcome::UnknownUser);
}

TEST_CASE_FIXTURE(Fixture, "the same answer counts once, the next count is good") {
    REQUIRE(client.take_challenge(challenge()));
    const Message first = request(), second = request();
    CHECK(outcome(second) == Outcome::Accepted);
    CHECK(outcome(second) == Outcome::Replayed);
    CHECK(outcome(first) == Outcome::Replayed);
    CHECK(outcome(request()) == Outcome::Accepted);
}

TEST_CASE_FIXTURE(Fixture, "an old nonce is stale, and the client answers again without its user") {
    REQUIRE(client.take_challenge(challenge()));
    now += 6min;
    CHECK(outcome(request()) == Outcome::Stale);
    REQUIRE(client.take_challenge(challenge(/*stale=*/true)));
    CHECK(outcome(request()) == Outcome::Accepted);
    now += 6min;
    CHECK(outcome(request()) == Outcome::Stale);
}

TEST_CASE_FIXTURE(Fixture, "a nonce of another server is stale, unless the key is shared") {
    REQUIRE(client.take_challenge(challenge()));
    server = make_server({digest::Algorithm::Sha256});
    CHECK(outcome(request()) == Outcome::Accepted);
    server = DigestServer({.realm = "example.com", .nonce_key = Secret("another")});
    CHECK(outcome(request()) == Outcome::Stale);
}

TEST_CASE_FIXTURE(Fixture, "a nonce near its end brings the next one with it") {
    REQUIRE(client.take_challenge(challenge()));
    CHECK(verify(request()).authentication_info.find("nextnonce") == std::string::npos);
    now += 4min;
    const Message late = request();
    const DigestVerdict verdict = verify(late);
    CHECK(verdict.authentication_info.find("nextnonce") != std::string::npos);
    auto answer = Builder::response(late, 200, "t");
    CHECK(client.proves_server(
              parsed(answer.add("Authentication-Info", verdict.authentication_info).str())) == true);
    now += 4min;
    CHECK(outcome(request()) == Outcome::Accepted);
}

TEST_CASE_FIXTURE(Fixture, "a server that does not know the password is found out") {
    REQUIRE(client.take_challenge(challenge()));
    DigestVerdict verdict = verify(request());
    verdict.authentication_info = "qop=auth, rspauth=\"00\", cnonce=\"x\", nc=00000001, nextnonce=\"evil\"";
    CHECK(client.proves_server(success(verdict)) == false);
    CHECK_FALSE(client.proves_server(parsed(Builder::response(request(), 200, "t").str())).has_value());
}

TEST_CASE_FIXTURE(Fixture, "however many nonces are used, few are remembered and none counts twice") {
    server = make_server({digest::Algorithm::Md5}, /*max_used=*/10);
    REQUIRE(client.take_challenge(challenge()));
    const Message first = request();
    CHECK(outcome(first) == Outcome::Accepted);
    for (int i = 0; i < 20; ++i) {
        now += 1s;
        client = DigestClient("alice", Secret("secret"));
        REQUIRE(client.take_challenge(challenge()));
        CHECK(outcome(request()) == Outcome::Accepted);
    }
    CHECK(outcome(first) == Outcome::Stale); // forgotten, but not forgiven
}

TEST_CASE_FIXTURE(Fixture, "credentials for another target, realm or scheme do not count") {
    REQUIRE(client.take_challenge(challenge()));
    const std::string value = *request().header("Authorization");
    CHECK(outcome(with_credentials(value)) == Outcome::Accepted);
    CHECK(outcome(with_credentials(replaced(value, "realm=\"example.com\"", "realm=\"other\""))) ==
          Outcome::NoCredentials);
    CHECK(outcome(with_credentials("NoOneKnowsThisScheme opaque-data=here")) == Outcome::NoCredentials);
    CHECK(outcome(with_credentials(replaced(value, "uri=\"sip:example.com\"", "uri=\"sip:evil.example\""))) ==
          Outcome::Malformed);
    CHECK(outcome(with_credentials(replaced(value, "nc=00000001", "nc=1"))) == Outcome::Malformed);
    CHECK(outcome(with_credentials(replaced(value, "qop=auth, ", ""))) == Outcome::Malformed);
    CHECK(outcome(with_credentials(replaced(value, "algorithm=SHA-256", "algorithm=SHA-1"))) ==
          Outcome::Malformed);
    CHECK(outcome(with_credentials("Digest realm=\"example.com")) == Outcome::Malformed);
    CHECK(outcome(request("sip:example.com;transport=tls")) == Outcome::Accepted);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("sip/digest_client");

TEST_CASE_FIXTURE(Fixture, "an old proxy's challenge without qop or algorithm is answered in its own way") {
    const Message invite = parsed(sip_request());
    auto response = Builder::response(invite, 407, "t");
    response.add("Proxy-Authenticate", "Digest realm=\"pbx\", nonce=\"n1\", opaque=\"o\"");
    REQUIRE(client.take_challenge(parsed(response.str())));
    auto again = Builder::request("INVITE", "sip:bob@example.com");
    client.authorize(again);
    const auto value = again.find("Proxy-Authorization");
    REQUIRE(value);
    const auto header = AuthHeader::parse(*value);
    CHECK(header->get("opaque") == "o");
    CHECK_FALSE(header->get("qop"));
    CHECK_FALSE(header->get("algorithm"));
    CHECK(header->get("response") ==
          digest::response({.method = "INVITE", .uri = "sip:bob@example.com", .nonce = "n1"},
                           digest::ha1(digest::Algorithm::Md5, "alice", "pbx", Secret("secret"))));
}

TEST_CASE_FIXTURE(Fixture, "challenges that nobody here can answer are named as such") {
    auto response = Builder::response(parsed(sip_request()), 401, "t");
    response.add("WWW-Authenticate", "Digest realm=\"a\", nonce=\"1\", algorithm=SHA-512-256");
    response.add("WWW-Authenticate", "Digest realm=\"a\", nonce=\"1\", qop=\"auth-int\"");
    response.add("WWW-Authenticate", "Bearer realm=\"a\"");
    CHECK_FALSE(client.take_challenge(parsed(response.str())));
    CHECK_FALSE(client.challenged());
    auto request = Builder::request("INVITE", "sip:x");
    client.authorize(request);
    CHECK_FALSE(request.find("Authorization"));
}

TEST_CASE_FIXTURE(Fixture, "a nonce that runs out without a word is no wrong password") {
    REQUIRE(client.take_challenge(challenge()));
    CHECK(outcome(request()) == Outcome::Accepted);
    CHECK(outcome(request()) == Outcome::Accepted);
    now += 10min;
    CHECK(client.take_challenge(challenge(/*stale=*/false)));
    CHECK(outcome(request()) == Outcome::Accepted);
}

TEST_SUITE_END();

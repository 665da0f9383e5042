// SPDX-License-Identifier: Apache-2.0
#include "net/credential.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "fakes/pki.h"

using namespace wakeline;
using namespace wakeline::net;
using std::chrono::days;
using std::chrono::seconds;

namespace {

std::string read(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(name).rdbuf();
    return text.str();
}

} // namespace

TEST_SUITE_BEGIN("net/credential");

TEST_CASE(
    "a certificate is active, expiring in its last thirty days, then expired; before its time invalid") {
    // proves: SBC-TLS-13
    const WallTime now{days(20'000)};
    Credential credential;
    credential.valid_from = now - days(1);
    const auto in = [&](seconds left) {
        credential.expires = now + left;
        return state_of(credential, now);
    };
    CHECK(in(days(31)) == CredentialState::Active);
    CHECK(in(days(30)) == CredentialState::Expiring);
    CHECK(days_left(credential, now) == 30);
    CHECK(in(seconds(1)) == CredentialState::Expiring);
    CHECK(days_left(credential, now) == 0);
    CHECK(in(seconds(0)) == CredentialState::Expired);
    CHECK(days_left(credential, now) == 0);
    credential.valid_from = now + seconds(1);
    CHECK(in(days(31)) == CredentialState::Invalid);
    credential.problem = "x";
    CHECK(in(seconds(0)) == CredentialState::Invalid);
    credential.set = false;
    CHECK(state_of(credential, now) == CredentialState::NotSet);
    CHECK(state_of({}, now) == CredentialState::Active);
}

TEST_CASE("all certificates of a file are read, with whose they are and until when") {
    // proves: SBC-TLS-12
    const test::Pki pki;
    const test::Pki::Authority root(pki, "root"), below(pki, "below", &root);
    const auto issued = below.issue({.common_name = "sbc",
                                     .san = "DNS:sbc.example.com,URI:sip:example.com,IP:192.0.2.1",
                                     .valid_to_days = 7});
    const auto all = read_certificates(read(issued.chain));
    REQUIRE(all);
    REQUIRE(all->size() == 2);
    const Credential& leaf = all->front();
    CHECK(leaf.subject == "CN = sbc");
    CHECK(leaf.issuer == "CN = below");
    CHECK_FALSE(leaf.serial.empty());
    CHECK(leaf.names == std::vector<std::string>{"sbc.example.com", "sip:example.com", "192.0.2.1"});
    CHECK(leaf.usage.empty());
    CHECK((*all)[1].usage == "CA");
    const auto now = std::chrono::system_clock::now();
    CHECK(leaf.expires > now + days(6));
    CHECK(leaf.expires <= now + days(7));
    CHECK((*all)[1].subject == "CN = below");
}

TEST_CASE("what is no certificate is said to be none") {
    CHECK(read_certificates("").error().message == "has no certificate in PEM");
    CHECK(read_certificates("hello").error().message == "has no certificate in PEM");
    CHECK(read_certificates("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
              .error()
              .message.starts_with("has a certificate that cannot be read"));
}

TEST_SUITE_END();

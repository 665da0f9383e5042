// SPDX-License-Identifier: Apache-2.0
#include "registrar/domains.h"

#include <doctest/doctest.h>

using namespace wakeline;
using registrar::Domains;

namespace {

std::string aor(const Domains& domains, std::string_view text) {
    const auto uri = sip::Uri::parse(text);
    REQUIRE(uri);
    return domains.aor(*uri).value_or("-");
}

} // namespace

TEST_SUITE_BEGIN("registrar/domains");

TEST_CASE("a user of one of our domains has an address of record, whatever else stands in the URI") {
    const Domains domains({"example.com", "example.org"}, {});
    CHECK(aor(domains, "sip:alice@Example.COM:5061;transport=tls") == "sip:alice@example.com");
    CHECK(aor(domains, "sips:%61lice@example.org") == "sip:alice@example.org");
    CHECK(aor(domains, "sip:alice@elsewhere.example") == "-");
    CHECK(aor(domains, "sip:example.com") == "-");
    CHECK(aor(domains, "tel:+4930123") == "-");
}

TEST_CASE("our own address stands for the first domain: phones outside may know no other name") {
    // proves: SBC-ROLE-08
    const Domains domains({"example.com", "example.org"}, {"203.0.113.10", "[2001:db8::1]"});
    CHECK(aor(domains, "sip:1001@203.0.113.10:5061") == "sip:1001@example.com");
    CHECK(aor(domains, "sip:1001@[2001:db8::1]") == "sip:1001@example.com");
    CHECK(aor(domains, "sip:1001@203.0.113.11") == "-");
}

TEST_CASE("without domains every host is served under its own name") {
    CHECK(aor(Domains({}, {"203.0.113.10"}), "sip:1001@203.0.113.10") == "sip:1001@203.0.113.10");
}

TEST_CASE("a user part that could forge a line or fill memory names nobody") {
    const Domains domains({"example.com"}, {});
    CHECK(aor(domains, "sip:a%0d%0ab@example.com") == "-");
    CHECK(aor(domains, "sip:" + std::string(400, 'a') + "@example.com") == "-");
}

TEST_SUITE_END();

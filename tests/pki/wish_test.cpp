// SPDX-License-Identifier: Apache-2.0
#include "pki/wish.h"

#include <doctest/doctest.h>

// proves: SBC-TLS-14, EM-CRT-02

using namespace wakeline::pki;
using std::chrono::days;

TEST_CASE("a subject is its fields in the order given, and the common name behind them") {
    const auto both = subject("C=DE, O=Example AG,OU=Voice", "sbc");
    REQUIRE(both);
    CHECK(*both == Subject{{"C", "DE"}, {"O", "Example AG"}, {"OU", "Voice"}, {"CN", "sbc"}});
    CHECK(*subject("", "sbc") == Subject{{"CN", "sbc"}});
    CHECK(!subject("X=1", "sbc"));
    CHECK(!subject("DE", "sbc"));
    CHECK(subject("C=GER", "sbc").error().message == "C must be a country code of two letters, not \"GER\"");
}

TEST_CASE("alternative names are told apart: IPv4, IPv6, DNS and sip: addresses") {
    CHECK(*alternative_names("sbc.example.com, 192.0.2.1,2001:db8::1,sip:1001@example.com") ==
          "DNS:sbc.example.com,IP:192.0.2.1,IP:2001:db8::1,URI:sip:1001@example.com");
    CHECK(*alternative_names("") == "");
    for (const char* bad : {"a b", "-x", "DNS:x,y", "sip:a;b"})
        CHECK_MESSAGE(!alternative_names(bad), bad);
}

TEST_CASE("lifetimes and keys are those that phones and PBXs are known to take") {
    CHECK(lifetime("90d") == days(90));
    CHECK(lifetime("3y") == days(1'095));
    CHECK(!lifetime("10y"));
    CHECK(key_kind("rsa4096") == KeyKind::Rsa4096);
    CHECK(!key_kind("rsa1024"));
}

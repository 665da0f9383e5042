// SPDX-License-Identifier: Apache-2.0
#include "net/peer_certificate.h"

#include <doctest/doctest.h>

using wakeline::net::PeerCertificate;

TEST_SUITE_BEGIN("net/peer_certificate");

// RFC 5922 section 7.
TEST_CASE("a certificate belongs to the domains of its SIP URIs and its DNS names, without case") {
    PeerCertificate shown;
    shown.common_name = "pbx.example.com";
    shown.uris = {"sip:Example.COM", "sip:bob@example.net", "https://example.org", "SIP:example.edu;x=y"};
    shown.dns_names = {"gw.example.com"};
    CHECK(shown.belongs_to("example.com"));
    CHECK(shown.belongs_to("example.edu"));
    CHECK(shown.belongs_to("GW.example.com"));
    CHECK_FALSE(shown.belongs_to("example.net")); // a user's certificate, not the domain's
    CHECK_FALSE(shown.belongs_to("example.org"));
    CHECK_FALSE(shown.belongs_to("pbx.example.com")); // the CN counts for nothing beside a SAN
}

TEST_CASE("wildcards match nothing") {
    PeerCertificate shown;
    shown.dns_names = {"*.example.com"};
    CHECK_FALSE(shown.belongs_to("a.example.com"));
    CHECK(shown.belongs_to("*.example.com")); // nobody is called so
}

TEST_CASE("the CN counts where the SAN names no domain") {
    PeerCertificate shown;
    shown.common_name = "pbx.example.com";
    shown.uris = {"sip:bob@example.net"};
    CHECK(shown.belongs_to("PBX.example.com"));
    CHECK_FALSE(shown.belongs_to(""));
}

TEST_CASE("addresses are in the SAN, IPv6 with or without brackets") {
    PeerCertificate shown;
    shown.ip_addresses = {"192.0.2.5", "2001:db8::1"};
    CHECK(shown.belongs_to("192.0.2.5"));
    CHECK(shown.belongs_to("[2001:db8::1]"));
    CHECK_FALSE(shown.belongs_to("192.0.2.6"));
}

TEST_SUITE_END();

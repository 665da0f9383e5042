// SPDX-License-Identifier: Apache-2.0
#include "config/firewall.h"

#include <doctest/doctest.h>

#include "config/loader.h"

// proves: SBC-FW-01, SBC-FW-02, SBC-FW-03, SBC-FW-04

using namespace wakeline::config;

namespace {

FirewallRules rules(const std::string& yaml) {
    const Loaded loaded = load_config(yaml);
    REQUIRE(!has_errors(loaded.problems));
    return firewall_rules(loaded.config);
}

const std::string kSite =
    "domains: [example.com]\n"
    "access: {listeners: [{name: tls, transport: tls, address: 203.0.113.10, port: 5061, certificate: c},\n"
    "                     {name: old, transport: udp, port: 5060, enabled: false}]}\n"
    "certificates: {c: {chain: /c, key: /k}}\n"
    "push: {apps: {ios: {provider: apns, key: /k, key_id: ABC123DEFG, team_id: TEAM123456, bundle_id: b}}}\n"
    "trunks:\n"
    "  pbx: {uri: \"sip:10.0.0.5:5062;transport=tcp\", local: \"10.0.0.4:5080\", accept_from: "
    "[10.1.0.0/16]}\n";

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_SUITE_BEGIN("config/firewall");

TEST_CASE("listeners, media, PBX and push services each have their rule and its reason") {
    const std::string list = firewall_list(rules(kSite));
    CHECK(has(list, "  tcp 5061        at 203.0.113.10"));
    CHECK(has(list, "phones sign in and call (listener tls)\n"));
    CHECK(has(list, "  udp 5008-5015   at *"));
    CHECK(has(list, "  tcp 5080        at 10.0.0.4 from 10.0.0.5"));
    CHECK(has(list, "  tcp 5080        at 10.0.0.4 from 10.1.0.0/16"));
    CHECK(has(list, "  tcp 5062        to 10.0.0.5"));
    CHECK(has(list, "  tcp 443         to 17.0.0.0/8"));
    CHECK(!has(list, "5060 "));
    CHECK(!has(list, "Google's push service"));
}

TEST_CASE("the phones' own firewall and what is long gone are told too") {
    const std::string list = firewall_list(rules(kSite));
    for (const char* line : {"  tcp 5223 ", "  tcp 5228-5230 ", "  tcp 2195 ", "  tcp 2196 "})
        CHECK_MESSAGE(has(list, line), line);
}

TEST_CASE("media ports that are apart are a rule each, and a range of its own for the PBX another") {
    const std::string list = firewall_list(rules(
        kSite + "media: {plain_audio: 6000, secure_audio: 6002, plain_video: 7000, secure_video: 7010,\n"
                "        trunk: {ports: 10000-19999}}\n"));
    CHECK(has(list, "  udp 6000-6003 "));
    CHECK(has(list, "  udp 7000-7001 "));
    CHECK(has(list, "  udp 7010-7011 "));
    CHECK(has(list, "  udp 10000-19999 "));
}

TEST_CASE("the ruleset has addresses where they are known, and a name is no address") {
    const std::string site = firewall_nft(rules(kSite));
    CHECK(has(site, "        ip daddr 203.0.113.10 tcp dport 5061 accept comment \"phones sign in"));
    CHECK(has(site, "        ip saddr 10.0.0.5 ip daddr 10.0.0.4 tcp dport 5080 accept"));
    CHECK(has(site, "        udp dport 5008-5015 accept"));
    CHECK(!has(site, "2195"));
    const std::string named =
        firewall_nft(rules("domains: [x.example]\ntrunks: {p: {uri: \"sip:pbx.example.com;transport=tls\", "
                           "local: \"10.0.0.4:5080\"}}\n"));
    CHECK(has(named, "        ip daddr 10.0.0.4 tcp dport 5080 accept comment \"calls from the PBX"));
    CHECK(has(named, "        tcp dport 5061 accept comment \"calls and registrations"));
}

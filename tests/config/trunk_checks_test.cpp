// SPDX-License-Identifier: Apache-2.0
#include "config/trunk_checks.h"

#include <doctest/doctest.h>

#include "config/loader.h"

using namespace wakeline::config;

namespace {

/// What is wrong with these trunks, one line each; what no trunk is to blame for is left out.
std::string said(const std::string& trunks, const std::string& more = {}) {
    std::string out;
    for (const Problem& problem :
         load_config("domains: [one.example]\n" + more + "trunks:\n" + trunks).problems)
        if (problem.path.starts_with("trunks."))
            out += problem.path.substr(7) + ": " + problem.message + '\n';
    return out;
}

const std::string kA = R"(  a: {uri: "sip:10.0.0.5", local: "10.0.0.4:5080")";

} // namespace

TEST_SUITE_BEGIN("config/trunk_checks");

TEST_CASE("several trunks may share an address of ours") {
    CHECK(said(kA + ", backup: b}\n  b: {uri: \"sip:10.0.0.6\", local: \"10.0.0.4:5080\"}\n").empty());
}

TEST_CASE("a backup is another trunk without one of its own") {
    CHECK(said(kA + ", backup: c}\n") == "a.backup: must name another trunk, not \"c\"\n");
    CHECK(said(kA + ", backup: a}\n") == "a.backup: must name another trunk, not \"a\"\n");
    CHECK(said(kA + ", backup: b}\n  b: {uri: \"sip:h\", local: \"10.0.0.4:5081\", backup: a}\n")
              .starts_with("a.backup: b has a backup itself"));
}

TEST_CASE("domains, networks, numbers and registrations are looked at") {
    CHECK(said(kA + ", domains: [two.example]}\n") ==
          "a.domains[0]: \"two.example\" is not one of domains\n");
    CHECK(said(kA + ", accept_from: [x]}\n").starts_with("a.accept_from: "));
    CHECK(said(kA + ", accept_names: [x]}\n").starts_with("a.accept_names: proves nothing unless"));
    CHECK(said(kA + ", register: {user: x}}\n") ==
          "a.register.password_file: must be given: a registration is challenged\n");
    CHECK(said(kA + ", register: {registrar: nowhere}}\n")
              .starts_with("a.register.registrar: must be sip:HOST"));
    CHECK(said(kA + ", numbers: {schema: e164}}\n") ==
          "a.numbers.country: must be given: schema e164 needs the country code\n");
    CHECK(
        said(kA + ", numbers: {location: \"0897\"}}\n").starts_with("a.numbers.location: must be an E.164"));
    CHECK(said(kA + ", numbers: {rules: [{regex: \"(\"}]}}\n")
              .starts_with("a.numbers: numbers.rules[0]: regex"));
}

TEST_CASE("an address of ours must be of the PBX's family, and an unchecked PBX is warned of") {
    CHECK(said("  a: {uri: \"sip:[2001:db8::5]\", local: \"10.0.0.4:5080\"}\n") ==
          "a.local: is IPv4 and uri is not: no packet gets from one to the other\n");
    CHECK(said("  a: {uri: \"sip:[2001:db8::5]\", local: \"[2001:db8::4]:5080\"}\n").empty());
    CHECK(said("  a: {uri: \"sip:h;transport=tls\", local: \"10.0.0.4:5080\", verify: none}\n")
              .starts_with("a.verify: none: whoever answers"));
}

TEST_CASE("calls must ring as long as the other phone needs (proves: SBC-XFER-03, SBC-RING-12)") {
    CHECK(said(kA + ", timers: {ringing: 30s}}\n").empty());
    CHECK(said(kA + ", timers: {ringing: 10s}}\n").starts_with("a.timers.ringing: 10s ends calls"));
    const std::string plan = "push: {pbx_timers: {ring_plan: [15s, 10s, 15s]}}\n";
    CHECK(said(kA + ", timers: {ringing: 50s}}\n", plan).find("ring_plan (40s together)") !=
          std::string::npos);
    CHECK(said(kA + ", timers: {ringing: 55s}}\n", plan).empty());
}

TEST_SUITE_END();

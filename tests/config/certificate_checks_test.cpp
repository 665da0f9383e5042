// SPDX-License-Identifier: Apache-2.0
#include "config/certificate_checks.h"

#include <doctest/doctest.h>

#include "config/loader.h"
#include "fakes/pki.h"

// proves: SBC-OPS-02, SBC-TLS-13

using namespace wakeline;
using namespace wakeline::config;
using std::chrono::days;

namespace {

/// What is said at that many days from now of a configuration with one TLS listener; each message without
/// what stands before the first colon behind the file's name.
std::string said(const std::string& certificate, int after_days = 0) {
    const Loaded loaded = load_config(
        "access:\n  listeners:\n    - {name: tls, transport: tls, port: 5061, certificate: public}\n"
        "certificates:\n  public: {" +
        certificate + "}\n");
    Problems found;
    Findings findings(loaded.document, found);
    check_validity(loaded.config, std::chrono::system_clock::now() + days(after_days), findings);
    std::string out;
    for (const Problem& problem : found)
        out += std::to_string(problem.line) + " " + problem.path +
               problem.message.substr(problem.message.find(": ")) + '\n';
    return out;
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_SUITE_BEGIN("config/certificate_checks");

TEST_CASE("an expired certificate, and one of tomorrow, are told with the day and what to do") {
    const test::Pki pki;
    const test::Pki::Authority authority(pki, "ca");
    const auto issued = authority.issue({.common_name = "sbc", .valid_from_days = -1, .valid_to_days = 30});
    const std::string own = "chain: " + issued.chain + ", key: " + issued.key;
    CHECK(said(own) == "");
    const std::string late = said(own, 31), early = said(own, -5);
    CHECK(late.starts_with("5 certificates.public.chain: CN = sbc expired on 2"));
    CHECK(has(late, ": who connects will refuse it; renew it\n"));
    CHECK(early.starts_with("5 certificates.public.chain: CN = sbc is not valid before 2"));
    CHECK(has(early, ": check this machine's clock\n"));
}

TEST_CASE("a certificate authority in front of a chain, or a client's certificate, does not serve phones") {
    const test::Pki pki;
    const test::Pki::Authority authority(pki, "ca");
    const auto client = authority.issue({.common_name = "phone", .usage = "clientAuth"});
    CHECK(said("chain: " + authority.file() + ", key: " + client.key) ==
          "5 certificates.public.chain: CN = ca is the certificate of an authority: our own one must stand "
          "first\n");
    CHECK(said("chain: " + client.chain + ", key: " + client.key) ==
          "5 certificates.public.chain: CN = phone was made for \"client\" and not for a server: phones will "
          "refuse it\n");
}

TEST_CASE("a revocation list that is out of date locks every phone out, and that is said before") {
    const test::Pki pki;
    const test::Pki::Authority authority(pki, "ca");
    const auto issued = authority.issue({.common_name = "sbc", .valid_to_days = 300});
    const std::string own = "chain: " + issued.chain + ", key: " + issued.key +
                            ", verify: required, client_ca: " + authority.file() +
                            ", crl: " + authority.revoke(nullptr);
    CHECK(said(own) == "");
    const std::string late = said(own, 2);
    CHECK(has(late, "certificates.public.crl: CN = ca expired on 2"));
    CHECK(has(late, ": every phone of that authority is refused until there is a new list\n"));
}

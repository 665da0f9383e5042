// SPDX-License-Identifier: Apache-2.0
#include "pki/authority.h"

#include <doctest/doctest.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "fakes/temporary_directory.h"
#include "pki/files.h"
#include "pki/issue.h"

// proves: SBC-TLS-12, SBC-TLS-14, SBC-TLS-15, EM-CRT-01, EM-CRT-02, EM-CRT-03

using namespace wakeline;
using namespace wakeline::pki;

namespace {

struct Office {
    test::TemporaryDirectory place;
    std::string folder = place.file("ca");
    Authority authority = *Authority::create(
        folder,
        {.use = Wish::Use::Authority, .subject = {{"O", "Example"}, {"CN", "Phones CA"}}, .names = {}});

    std::string file(const std::string& name) const { return folder + '/' + name; }
    Certificate read(const std::string& name) const { return *read_certificate(*read_text(file(name))); }

    /// What OpenSSL says of a certificate for that use, with the revocation list.
    int verdict(const std::string& name, int purpose) const {
        const CHandle<X509_STORE, X509_STORE_free> store(X509_STORE_new());
        const Certificate root = read("ca.pem");
        X509_STORE_add_cert(store.get(), root.get());
        X509_LOOKUP* lookup = X509_STORE_add_lookup(store.get(), X509_LOOKUP_file());
        X509_load_crl_file(lookup, file("crl.pem").c_str(), X509_FILETYPE_PEM);
        X509_STORE_set_flags(store.get(), X509_V_FLAG_CRL_CHECK | X509_V_FLAG_X509_STRICT);
        const CHandle<X509_STORE_CTX, X509_STORE_CTX_free> context(X509_STORE_CTX_new());
        const Certificate leaf = read(name);
        X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr);
        X509_STORE_CTX_set_purpose(context.get(), purpose);
        X509_verify_cert(context.get());
        return X509_STORE_CTX_get_error(context.get());
    }
};

mode_t mode_of(const std::string& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 ? about.st_mode & 0777 : 0;
}

const Wish kServer{
    .use = Wish::Use::Server, .subject = {{"CN", "sbc"}}, .names = "DNS:sbc.example.com,IP:192.0.2.1"};
const Wish kClient{
    .use = Wish::Use::Client, .subject = {{"CN", "1001"}}, .names = {}, .lifetime = std::chrono::days(90)};

} // namespace

TEST_SUITE_BEGIN("pki/authority");

TEST_CASE_FIXTURE(Office, "what the authority issues is good for its use and for no other") {
    REQUIRE(authority.issue("sbc", kServer));
    REQUIRE(authority.issue("1001", kClient));
    CHECK(verdict("sbc.pem", X509_PURPOSE_SSL_SERVER) == X509_V_OK);
    CHECK(verdict("1001.pem", X509_PURPOSE_SSL_CLIENT) == X509_V_OK);
    CHECK(verdict("1001.pem", X509_PURPOSE_SSL_SERVER) != X509_V_OK);
    CHECK(X509_check_host(read("sbc.pem").get(), "sbc.example.com", 0, 0, nullptr) == 1);
    CHECK(X509_check_ip_asc(read("sbc.pem").get(), "192.0.2.1", 0) == 1);
}

TEST_CASE_FIXTURE(Office, "keys are for their owner alone, and no file that is there is written over") {
    const auto files = authority.issue("sbc", kServer);
    REQUIRE(files);
    CHECK(*files == std::vector{file("sbc.pem"), file("sbc-key.pem")});
    CHECK(mode_of(folder) == 0700);
    CHECK(mode_of(file("ca-key.pem")) == 0600);
    CHECK(mode_of(file("sbc-key.pem")) == 0600);
    CHECK(!authority.issue("sbc", kServer));
    CHECK(!Authority::create(folder, kServer));
    for (const char* bad : {"", "ca", "../x", ".x"})
        CHECK(!authority.issue(bad, kServer));
}

TEST_CASE_FIXTURE(Office,
                  "a revoked certificate is refused, the others are not, and the list can be renewed") {
    REQUIRE(authority.issue("1001", kClient));
    REQUIRE(authority.issue("1002", kClient));
    REQUIRE(authority.revoke("1001"));
    CHECK(!authority.revoke("1001"));
    CHECK(!authority.revoke("nobody"));
    REQUIRE(authority.renew_list());
    CHECK(verdict("1001.pem", X509_PURPOSE_SSL_CLIENT) == X509_V_ERR_CERT_REVOKED);
    CHECK(verdict("1002.pem", X509_PURPOSE_SSL_CLIENT) == X509_V_OK);
    const auto list = authority.list();
    REQUIRE(list);
    REQUIRE(list->size() == 3);
    CHECK((*list)[0].name == "ca");
    CHECK((*list)[0].certificate.usage == "CA");
    CHECK((*list)[1].revoked);
    CHECK(!(*list)[2].revoked);
    CHECK((*list)[1].certificate.subject == "CN = 1001");
}

TEST_CASE_FIXTURE(Office, "a phone's package opens with its password alone, and its base64 is one line") {
    REQUIRE(authority.issue_package("1001", kClient, Secret("right")));
    const auto opened = read_any(file("1001.p12"), Secret("right"));
    REQUIRE(opened);
    CHECK(opened->front().subject == "CN = 1001");
    CHECK(opened->front().usage == "client");
    CHECK(!read_any(file("1001.p12"), Secret("wrong")));
    const std::string line = *read_text(file("1001.p12.base64"));
    CHECK(line.find('\n') == line.size() - 1);
    CHECK(as_text(*from_base64(line.substr(0, line.size() - 1))) == *read_text(file("1001.p12")));
    CHECK(mode_of(file("1001.p12")) == 0600);
}

TEST_CASE_FIXTURE(Office, "an authority that was made before goes on with what it has") {
    REQUIRE(authority.issue("1001", kClient));
    auto again = Authority::open(folder);
    REQUIRE(again);
    REQUIRE(again->revoke(file("1001.pem")));
    CHECK(verdict("1001.pem", X509_PURPOSE_SSL_CLIENT) == X509_V_ERR_CERT_REVOKED);
    const auto none = Authority::open(place.file("none"));
    REQUIRE(!none);
    CHECK(none.error().message.ends_with("\"wakelinectl cert init\" makes one"));
}

TEST_CASE("a certificate of somebody else is not revoked") {
    Office ours, theirs;
    REQUIRE(theirs.authority.issue("1001", kClient));
    CHECK(!ours.authority.revoke(theirs.file("1001.pem")));
}

TEST_CASE("a request names who asks and for what names") {
    const test::TemporaryDirectory place;
    REQUIRE(write_request(place.path(), "sbc", kServer));
    CHECK(read_text(place.file("sbc.csr"))->starts_with("-----BEGIN CERTIFICATE REQUEST-----"));
    CHECK(mode_of(place.file("sbc-key.pem")) == 0600);
    CHECK(read_key(Secret(*read_text(place.file("sbc-key.pem")))));
}

TEST_CASE_FIXTURE(Office, "keys are of the kind that was asked for") {
    Wish rsa = kServer;
    rsa.key = KeyKind::Rsa2048;
    REQUIRE(authority.issue("rsa", rsa));
    const Certificate certificate = read("rsa.pem");
    CHECK(EVP_PKEY_get_bits(X509_get0_pubkey(certificate.get())) == 2048);
}

// SPDX-License-Identifier: Apache-2.0
#include "push/client_certificate.h"

#include <doctest/doctest.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#include <fstream>
#include <sstream>

#include "fakes/pki.h"

using namespace wakeline;
using namespace wakeline::push;

namespace {

std::string read(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(name).rdbuf();
    return text.str();
}

/// The same certificate and key as PKCS #12; `old` as macOS and OpenSSL 1 encrypt it.
std::string p12_of(const test::Pki::Issued& issued, const char* passphrase, bool old) {
    const CHandle<OSSL_LIB_CTX, OSSL_LIB_CTX_free> context(OSSL_LIB_CTX_new());
    OSSL_PROVIDER* const legacy = OSSL_PROVIDER_load(context.get(), "legacy");
    OSSL_PROVIDER* const standard = OSSL_PROVIDER_load(context.get(), "default");
    const std::string chain = read(issued.chain), key_text = read(issued.key);
    const auto bio = [](const std::string& text) {
        return CHandle<BIO, BIO_free_all>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    };
    const CHandle<X509, X509_free> leaf(PEM_read_bio_X509(bio(chain).get(), nullptr, nullptr, nullptr));
    const CHandle<EVP_PKEY, EVP_PKEY_free> key(
        PEM_read_bio_PrivateKey(bio(key_text).get(), nullptr, nullptr, nullptr));
    const int key_cipher = old ? NID_pbe_WithSHA1And3_Key_TripleDES_CBC : NID_aes_256_cbc;
    const int cipher = old ? NID_pbe_WithSHA1And40BitRC2_CBC : NID_aes_256_cbc;
    const CHandle<PKCS12, PKCS12_free> p12(PKCS12_create_ex(passphrase, "voip", key.get(), leaf.get(),
                                                            nullptr, key_cipher, cipher, 1000, 1000, 0,
                                                            context.get(), nullptr));
    REQUIRE(p12);
    unsigned char* der = nullptr;
    const int size = i2d_PKCS12(p12.get(), &der);
    std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    OSSL_PROVIDER_unload(legacy);
    OSSL_PROVIDER_unload(standard);
    return out;
}

std::string error_of(std::string_view file, std::string passphrase = {}) {
    const auto made = ClientCertificate::parse(file, Secret(std::move(passphrase)));
    return made ? "" : made.error().message;
}

} // namespace

TEST_SUITE_BEGIN("push/client_certificate");

TEST_CASE("PKCS #12 is opened, of today and as programs of before OpenSSL 3 wrote it") {
    // proves: SBC-APNS-01
    const test::Pki pki;
    const auto issued = test::Pki::Authority(pki, "ca").issue({.common_name = "VoIP Services: com.example"});
    for (const bool old : {false, true}) {
        const std::string file = p12_of(issued, "open", old);
        const auto made = ClientCertificate::parse(file, Secret("open"));
        REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
        CHECK(made->about.subject == "CN = VoIP Services: com.example");
        CHECK(made->chain.starts_with("-----BEGIN CERTIFICATE-----"));
        CHECK(made->key.reveal().starts_with("-----BEGIN PRIVATE KEY-----"));
        CHECK(error_of(file, "wrong") == "is not opened by the passphrase: check passphrase_file");
        CHECK(error_of(file) == "is not opened by the passphrase: check passphrase_file");
    }
    CHECK(ClientCertificate::parse(p12_of(issued, "", false), Secret()));
}

TEST_CASE("PEM holds certificate, chain and key in any order") {
    const test::Pki pki;
    const test::Pki::Authority root(pki, "root"), below(pki, "below", &root);
    const auto issued = below.issue({.common_name = "phone"}), other = below.issue({}),
               closed = below.issue({.passphrase = "open"});
    const std::string chain = read(issued.chain), key = read(issued.key);
    for (const std::string& file : {chain + key, key + chain}) {
        const auto made = ClientCertificate::parse(file, Secret());
        REQUIRE(made);
        CHECK(made->about.subject == "CN = phone");
        const auto first = made->chain.find("BEGIN CERTIFICATE");
        CHECK(made->chain.find("BEGIN CERTIFICATE", first + 1) != std::string::npos);
    }
    CHECK(error_of(chain) == "has no private key");
    CHECK(error_of(key) == "has no certificate");
    CHECK(error_of(chain + read(other.key)) == "has a private key that does not belong to its certificate");
    const std::string both = read(closed.chain) + read(closed.key);
    CHECK(error_of(both, "open").empty());
    CHECK(error_of(both, "wrong").find("passphrase_file") != std::string::npos);
}

TEST_CASE("anything else is no certificate") {
    CHECK(error_of("") == "has no certificate");
    CHECK(error_of("hello") == "has no certificate");
    CHECK(error_of(std::string("\x30\x82\x0f\xff\x02\x01\x03", 7)) == "has no certificate");
}

TEST_SUITE_END();

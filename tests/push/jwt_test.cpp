// SPDX-License-Identifier: Apache-2.0
#include "push/jwt.h"

#include <doctest/doctest.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>

#include "push/keys.h"

using namespace wakeline;
using namespace wakeline::push;
using test::Jwt;

namespace {

/// Back from r||s to what OpenSSL verifies.
Bytes der_of(const Bytes& raw) {
    const CHandle<ECDSA_SIG, ECDSA_SIG_free> signature(ECDSA_SIG_new());
    ECDSA_SIG_set0(signature.get(), BN_bin2bn(raw.data(), 32, nullptr),
                   BN_bin2bn(raw.data() + 32, 32, nullptr));
    unsigned char* out = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &out);
    Bytes der(out, out + size);
    OPENSSL_free(out);
    return der;
}

std::string problem(std::string_view pem, SigningKey::Algorithm algorithm) {
    const auto key = SigningKey::parse(pem, algorithm);
    return key ? "" : key.error().message;
}

} // namespace

TEST_SUITE_BEGIN("push/jwt");

TEST_CASE("an ES256 token carries r and s as 64 octets and verifies with the public key") {
    // A hundred times: r or s with a leading zero comes once in 128.
    const auto pair = test::make_ec("P-256");
    const auto key = SigningKey::parse(test::pem_of(pair.get()), SigningKey::Algorithm::Es256);
    REQUIRE(key);
    for (int i = 0; i < 100; ++i) {
        const auto token =
            key->sign(R"({"alg":"ES256","kid":"ABC"})", R"({"iss":"T","iat":)" + std::to_string(i) + "}");
        REQUIRE(token);
        const Jwt jwt(*token);
        CHECK(jwt.header == R"({"alg":"ES256","kid":"ABC"})");
        CHECK(jwt.claims == R"({"iss":"T","iat":)" + std::to_string(i) + "}");
        REQUIRE(jwt.signature.size() == 64);
        CHECK(test::verifies(pair.get(), jwt.signed_part, der_of(jwt.signature)));
    }
}

TEST_CASE("an RS256 token verifies with the public key, and not after a change") {
    const auto key = SigningKey::parse(test::pem_of(test::rsa_key()), SigningKey::Algorithm::Rs256);
    REQUIRE(key);
    const Jwt jwt(*key->sign(R"({"alg":"RS256"})", R"({"iss":"x"})"));
    CHECK(test::verifies(test::rsa_key(), jwt.signed_part, jwt.signature));
    CHECK_FALSE(test::verifies(test::rsa_key(), jwt.signed_part + "x", jwt.signature));
}

TEST_CASE("a key that cannot sign what is asked is refused with the reason") {
    using enum SigningKey::Algorithm;
    CHECK(problem("", Es256) == "is not an unencrypted private key in PEM");
    CHECK(problem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", Es256) ==
          "is not an unencrypted private key in PEM");
    const auto p256 = test::make_ec("P-256"), p384 = test::make_ec("P-384");
    CHECK(problem(test::pem_of(p384.get()), Es256) == "is not a key on the curve P-256");
    CHECK(problem(test::pem_of(test::rsa_key()), Es256) == "is not a key on the curve P-256");
    CHECK(problem(test::pem_of(p256.get()), Rs256) == "is not an RSA key of 2048 bits or more");
    CHECK(problem(test::pem_of(test::make_rsa(1024).get()), Rs256) ==
          "is not an RSA key of 2048 bits or more");
    CHECK(problem(test::pem_of(p256.get(), "secret"), Es256) == "is not an unencrypted private key in PEM");
}

TEST_SUITE_END();

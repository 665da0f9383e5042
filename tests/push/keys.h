// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/c_handle.h"
#include "base/text.h"

namespace wakeline::test {

using Key = CHandle<EVP_PKEY, EVP_PKEY_free>;

/// A fresh key: "P-256", "P-384", or RSA of so many bits.
inline Key make_ec(const char* curve) { return Key(EVP_EC_gen(curve)); }
inline Key make_rsa(unsigned bits) { return Key(EVP_RSA_gen(bits)); }

inline std::string pem_of(EVP_PKEY* key, const char* passphrase = nullptr) {
    const CHandle<BIO, BIO_free_all> bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PKCS8PrivateKey(bio.get(), key, passphrase != nullptr ? EVP_aes_128_cbc() : nullptr,
                                  nullptr, 0, nullptr, const_cast<char*>(passphrase));
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

/// Making an RSA key takes up to a second; this one protects nothing.
inline EVP_PKEY* rsa_key() {
    static const Key key = [] {
        const CHandle<BIO, BIO_free_all> file(BIO_new_file("tests/data/push/rsa-for-tests.pem", "r"));
        return Key(file ? PEM_read_bio_PrivateKey(file.get(), nullptr, nullptr, nullptr) : nullptr);
    }();
    return key.get();
}

/// The parts of a JWT, decoded.
struct Jwt {
    std::string header, claims, signed_part;
    Bytes signature;

    explicit Jwt(std::string_view text) {
        const auto parts = split(text, '.');
        if (parts.size() != 3) return;
        const auto decoded = [](std::string_view part) {
            const auto bytes = from_base64url(part);
            return bytes ? *bytes : Bytes{};
        };
        header = as_text(decoded(parts[0]));
        claims = as_text(decoded(parts[1]));
        signature = decoded(parts[2]);
        signed_part = std::string(text.substr(0, text.rfind('.')));
    }
};

inline bool verifies(EVP_PKEY* key, std::string_view text, const Bytes& signature) {
    const CHandle<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
    const ByteView input = as_bytes(text);
    return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), input.data(), input.size()) ==
               1;
}

} // namespace wakeline::test

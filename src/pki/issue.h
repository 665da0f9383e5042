// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/secret.h"
#include "pki/openssl.h"
#include "pki/wish.h"

namespace wakeline::pki {

Result<Key> make_key(KeyKind kind);
/// PKCS#8 in PEM.
Result<Secret> pem_of(EVP_PKEY* key);
Result<std::string> pem_of(X509* certificate);
Result<std::string> pem_of(X509_CRL* list);
Result<Key> read_key(const Secret& pem);
Result<Certificate> read_certificate(std::string_view pem);

/// Whose signature a certificate gets.
struct Issuer {
    X509* certificate; // null: its own
    EVP_PKEY* key;
};
Result<Certificate> issue(const Wish& wish, EVP_PKEY* key, const Issuer& issuer);
/// A request (PKCS#10, PEM) that another authority can sign.
Result<std::string> request(const Wish& wish, EVP_PKEY* key);

/// The key, its certificate and the authority's as one file (PKCS#12, AES-256-CBC, SHA-256), for phones.
Result<std::string> package(EVP_PKEY* key, X509* certificate, X509* authority, const Secret& password);

} // namespace wakeline::pki

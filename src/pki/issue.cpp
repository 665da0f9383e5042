// SPDX-License-Identifier: Apache-2.0
#include "pki/issue.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdint>

namespace wakeline::pki {

namespace {

constexpr int kVersion3 = 2, kRounds = 100'000, kSaltOctets = 16;
constexpr long kClocksDiffer = -3'600; // seconds: a phone whose clock is a little behind takes it at once

template <class Write>
Result<std::string> pem(const char* what, Write write) {
    const Bio out(BIO_new(BIO_s_mem()));
    if (!out || write(out.get()) != 1) return failed(what);
    return text_of(out.get());
}

bool set_subject(X509_NAME* name, const Subject& subject) {
    for (const auto& [field, value] : subject)
        if (X509_NAME_add_entry_by_txt(name, field.c_str(), MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(value.data()),
                                       static_cast<int>(value.size()), -1, 0) != 1)
            return false;
    return true;
}

struct Extension {
    int nid;
    std::string value;
};

std::vector<Extension> extensions(const Wish& wish) {
    std::vector<Extension> out;
    switch (wish.use) {
    case Wish::Use::Authority:
        out = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
               {NID_key_usage, "critical,keyCertSign,cRLSign"}};
        break;
    case Wish::Use::Server: // to a PBX it is a client
        out = {{NID_basic_constraints, "critical,CA:FALSE"},
               {NID_key_usage, "critical,digitalSignature"},
               {NID_ext_key_usage, "serverAuth,clientAuth"}};
        break;
    case Wish::Use::Client:
        out = {{NID_basic_constraints, "critical,CA:FALSE"},
               {NID_key_usage, "critical,digitalSignature"},
               {NID_ext_key_usage, "clientAuth"}};
        break;
    }
    if (!wish.names.empty()) out.push_back({NID_subject_alt_name, wish.names});
    return out;
}

using ExtensionHandle = CHandle<X509_EXTENSION, X509_EXTENSION_free>;

bool extend(X509* certificate, X509* issuer, const Extension& extension) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const ExtensionHandle made(
        X509V3_EXT_conf_nid(nullptr, &context, extension.nid, extension.value.c_str()));
    return made && X509_add_ext(certificate, made.get(), -1) == 1;
}

/// RFC 5280 section 4.1.2.2: positive, at most 20 octets, not to be guessed.
bool set_serial(X509* certificate) {
    std::array<unsigned char, 16> octets{};
    if (RAND_bytes(octets.data(), octets.size()) != 1) return false;
    octets[0] = static_cast<unsigned char>((octets[0] & 0x7f) | 0x40);
    const CHandle<BIGNUM, BN_free> number(BN_bin2bn(octets.data(), octets.size(), nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_times(X509* certificate, std::chrono::days lifetime) {
    return X509_gmtime_adj(X509_getm_notBefore(certificate), kClocksDiffer) != nullptr &&
           X509_time_adj_ex(X509_getm_notAfter(certificate), static_cast<int>(lifetime.count()), 0,
                            nullptr) != nullptr;
}

bool add_extensions(X509* certificate, X509* above, const Wish& wish) {
    for (const Extension& extension : extensions(wish))
        if (!extend(certificate, above, extension)) return false;
    return extend(certificate, above, {NID_subject_key_identifier, "hash"}) &&
           extend(certificate, above, {NID_authority_key_identifier, "keyid:always"});
}

} // namespace

Result<Key> make_key(KeyKind kind) {
    Key key;
    switch (kind) {
    case KeyKind::Rsa2048: key.reset(EVP_RSA_gen(2048)); break;
    case KeyKind::Rsa4096: key.reset(EVP_RSA_gen(4096)); break;
    case KeyKind::P256: key.reset(EVP_EC_gen("P-256")); break;
    }
    if (!key) return failed("cannot make a key");
    return key;
}

Result<Secret> pem_of(EVP_PKEY* key) {
    auto text = pem("cannot write a key", [key](BIO* out) {
        return PEM_write_bio_PKCS8PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
    if (!text) return text.error();
    return Secret(*std::move(text));
}

Result<std::string> pem_of(X509* certificate) {
    return pem("cannot write a certificate", [=](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

Result<std::string> pem_of(X509_CRL* list) {
    return pem("cannot write a revocation list", [=](BIO* out) { return PEM_write_bio_X509_CRL(out, list); });
}

Result<Key> read_key(const Secret& pem) {
    Key key(PEM_read_bio_PrivateKey(reader_of(pem.reveal()).get(), nullptr, nullptr, nullptr));
    if (!key) return failed("no private key in it");
    return key;
}

Result<Certificate> read_certificate(std::string_view pem) {
    Certificate certificate(PEM_read_bio_X509(reader_of(pem).get(), nullptr, nullptr, nullptr));
    if (!certificate) return failed("no certificate in it");
    return certificate;
}

Result<Certificate> issue(const Wish& wish, EVP_PKEY* key, const Issuer& issuer) {
    Certificate made(X509_new());
    X509* certificate = made.get();
    X509* above = issuer.certificate == nullptr ? certificate : issuer.certificate;
    if (!made || X509_set_version(certificate, kVersion3) != 1 || !set_serial(certificate) ||
        !set_times(certificate, wish.lifetime) || X509_set_pubkey(certificate, key) != 1 ||
        !set_subject(X509_get_subject_name(certificate), wish.subject) ||
        X509_set_issuer_name(certificate, X509_get_subject_name(above)) != 1 ||
        !add_extensions(certificate, above, wish) || X509_sign(certificate, issuer.key, EVP_sha256()) == 0)
        return failed("cannot make the certificate");
    return made;
}

Result<std::string> request(const Wish& wish, EVP_PKEY* key) {
    const CHandle<X509_REQ, X509_REQ_free> made(X509_REQ_new());
    const ExtensionHandle names(
        wish.names.empty() ? nullptr
                           : X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, wish.names.c_str()));
    const auto free_list = [](STACK_OF(X509_EXTENSION) * list) { sk_X509_EXTENSION_free(list); };
    const std::unique_ptr<STACK_OF(X509_EXTENSION), decltype(free_list)> list(sk_X509_EXTENSION_new_null());
    if (names) sk_X509_EXTENSION_push(list.get(), names.get());
    if (!made || X509_REQ_set_pubkey(made.get(), key) != 1 ||
        !set_subject(X509_REQ_get_subject_name(made.get()), wish.subject) ||
        (names && X509_REQ_add_extensions(made.get(), list.get()) != 1) ||
        X509_REQ_sign(made.get(), key, EVP_sha256()) == 0)
        return failed("cannot make the request");
    return pem("cannot write the request", [&](BIO* out) { return PEM_write_bio_X509_REQ(out, made.get()); });
}

Result<std::string> package(EVP_PKEY* key, X509* certificate, X509* authority, const Secret& password) {
    const auto free_list = [](STACK_OF(X509) * list) { sk_X509_free(list); };
    const std::unique_ptr<STACK_OF(X509), decltype(free_list)> above(sk_X509_new_null());
    sk_X509_push(above.get(), authority);
    const char* secret = password.reveal().c_str();
    const CHandle<PKCS12, PKCS12_free> made(PKCS12_create(secret, "phone", key, certificate, above.get(),
                                                          NID_aes_256_cbc, NID_aes_256_cbc, kRounds, -1, 0));
    if (!made || PKCS12_set_mac(made.get(), secret, -1, nullptr, kSaltOctets, kRounds, EVP_sha256()) != 1)
        return failed("cannot make the package");
    const Bio out(BIO_new(BIO_s_mem()));
    if (i2d_PKCS12_bio(out.get(), made.get()) != 1) return failed("cannot write the package");
    return text_of(out.get());
}

} // namespace wakeline::pki

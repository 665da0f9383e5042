// SPDX-License-Identifier: Apache-2.0
#include "media/dtls_identity.h"

#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/x509.h>

#include "base/random.h"
#include "net/tls_error.h"

namespace wakeline::media {

namespace {

constexpr long kSecondsInADay = 86'400;

Error failed(std::string what) {
    return {ErrorCode::Crypto, "DTLS: " + std::move(what) + ": " + net::take_tls_error()};
}

/// Whose certificate it is, is decided by its fingerprint, when the handshake is over (RFC 5763 section 5).
int accept_any(int, X509_STORE_CTX*) { return 1; }

/// RFC 6347 section 4.2.1. The association keeps its cookie in its SSL, so that it serves one source alone.
int make_cookie(SSL* ssl, unsigned char* cookie, unsigned* size) {
    const auto* own = static_cast<const Bytes*>(SSL_get_app_data(ssl));
    if (own == nullptr) return 0;
    std::copy(own->begin(), own->end(), cookie);
    *size = static_cast<unsigned>(own->size());
    return 1;
}
int check_cookie(SSL* ssl, const unsigned char* cookie, unsigned size) {
    const auto* own = static_cast<const Bytes*>(SSL_get_app_data(ssl));
    return own != nullptr && size == own->size() && std::equal(own->begin(), own->end(), cookie) ? 1 : 0;
}

} // namespace

Result<DtlsIdentity> DtlsIdentity::create() {
    DtlsIdentity identity;
    if (auto good = identity.make_certificate(); !good) return good.error();
    if (auto good = identity.make_context(); !good) return good.error();
    return identity;
}

Status DtlsIdentity::make_certificate() {
    key_.reset(EVP_EC_gen("P-256"));
    certificate_.reset(X509_new());
    if (!key_ || !certificate_) return failed("no key could be made");
    X509* x509 = certificate_.get();
    X509_set_version(x509, 2); // version 3
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), std::uint64_t{random_u32()} << 31 | random_u32());
    X509_gmtime_adj(X509_getm_notBefore(x509), -kSecondsInADay);          // for phones whose clock is behind
    X509_gmtime_adj(X509_getm_notAfter(x509), 10 * 365 * kSecondsInADay); // a daemon may run for years
    X509_NAME* name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("wakeline"),
                               -1, -1, 0);
    X509_set_issuer_name(x509, name);
    if (X509_set_pubkey(x509, key_.get()) != 1 || X509_sign(x509, key_.get(), EVP_sha256()) == 0)
        return failed("no certificate could be made");
    auto fingerprint = CertificateFingerprint::of(*x509, CertificateFingerprint::Hash::Sha256);
    if (!fingerprint) return fingerprint.error();
    fingerprint_ = *std::move(fingerprint);
    return Done{};
}

Status DtlsIdentity::make_context() {
    context_.reset(SSL_CTX_new(DTLS_method()));
    SSL_CTX* context = context_.get();
    if (context == nullptr) return failed("no context");
    SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION); // RFC 8827 section 6.5
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(context, 1); // a datagram is read whole
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
    SSL_CTX_set_max_cert_list(context, 16 * 1024);
    SSL_CTX_set_cookie_generate_cb(context, make_cookie);
    SSL_CTX_set_cookie_verify_cb(context, check_cookie);
    const bool good = SSL_CTX_use_certificate(context, certificate_.get()) == 1 &&
                      SSL_CTX_use_PrivateKey(context, key_.get()) == 1 &&
                      SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES") == 1;
    return good ? Status(Done{}) : failed("the certificate cannot be used");
}

} // namespace wakeline::media

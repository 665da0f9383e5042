// SPDX-License-Identifier: Apache-2.0
#include "net/tls_error.h"

#include <openssl/decodererr.h>
#include <openssl/err.h>
#include <openssl/pemerr.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509err.h>

#include "net/socket.h"

namespace wakeline::net {

namespace {

/// The cases that an administrator meets, in words that say what to do; null for others.
const char* explain(int reason) {
    switch (reason) {
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return "no client certificate shown";
    case SSL_R_WRONG_VERSION_NUMBER: return "not TLS (plain text sent to a TLS port?)";
    case SSL_R_HTTP_REQUEST: return "not SIP over TLS but a plain HTTP request";
    case SSL_R_UNSUPPORTED_PROTOCOL: return "the peer offers only TLS versions below our min_version";
    case SSL_R_NO_SHARED_CIPHER: return "no cipher suite in common";
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION: return "the peer does not accept our TLS version";
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA: return "the peer does not trust the CA of our certificate";
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED: return "the peer says that our certificate has expired";
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN: return "the peer does not accept our certificate";
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: return "the peer requires a certificate of ours";
    default: return nullptr;
    }
}

/// The same for files with certificates and keys.
const char* explain_file(int library, int reason) {
    if (library == ERR_LIB_PEM && reason == PEM_R_NO_START_LINE)
        return "there is nothing of that kind in PEM (-----BEGIN ...) in it";
    if (library == ERR_LIB_X509 &&
        (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH))
        return "the key is not the one of the certificate in chain";
    if (library == ERR_LIB_OSSL_DECODER && reason == ERR_R_UNSUPPORTED)
        return "there is no private key in PEM in it";
    if (reason == ERR_R_INTERRUPTED_OR_CANCELLED) return "it is encrypted, and no passphrase is given for it";
    return nullptr;
}

std::string text_of(unsigned long code) {
    if (code == 0) return "unknown TLS error";
    if (ERR_SYSTEM_ERROR(code)) return errno_text(ERR_GET_REASON(code));
    const char* reason = ERR_reason_error_string(code);
    return reason != nullptr ? reason : "TLS error " + std::to_string(ERR_GET_REASON(code));
}

} // namespace

std::string take_tls_error() {
    const unsigned long first = ERR_peek_error();
    ERR_clear_error();
    const char* const words = explain_file(ERR_GET_LIB(first), ERR_GET_REASON(first));
    return words != nullptr ? words : text_of(first);
}

std::string explain_tls_failure(SSL* ssl, int ssl_error, int errno_then) {
    const unsigned long code = ERR_peek_error();
    ERR_clear_error();
    if (ssl_error == SSL_ERROR_ZERO_RETURN) return "closed by the peer";
    if (ssl_error == SSL_ERROR_SYSCALL && code == 0)
        return errno_then != 0 ? errno_text(errno_then) : "closed by the peer";
    if (ERR_GET_LIB(code) == ERR_LIB_SSL) {
        const int reason = ERR_GET_REASON(code);
        if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
            return std::string("certificate refused: ") +
                   X509_verify_cert_error_string(SSL_get_verify_result(ssl));
        if (const char* words = explain(reason)) return words;
    }
    return text_of(code);
}

} // namespace wakeline::net

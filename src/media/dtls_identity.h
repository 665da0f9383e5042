// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/ssl.h>

#include "base/c_handle.h"
#include "media/fingerprint.h"

namespace wakeline::media {

/// Our self-signed certificate for DTLS-SRTP, ECDSA P-256, made when the daemon starts: its fingerprint goes
/// out in SDP, and nothing else vouches for it (RFC 5763 section 5). Any thread may use it.
class DtlsIdentity {
public:
    static Result<DtlsIdentity> create();

    const CertificateFingerprint& fingerprint() const noexcept { return fingerprint_; }
    SSL_CTX* context() const noexcept { return context_.get(); }

private:
    DtlsIdentity() = default;
    Status make_certificate();
    Status make_context();

    CHandle<EVP_PKEY, EVP_PKEY_free> key_;
    CHandle<X509, X509_free> certificate_;
    CHandle<SSL_CTX, SSL_CTX_free> context_;
    CertificateFingerprint fingerprint_;
};

} // namespace wakeline::media

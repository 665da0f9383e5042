// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

typedef struct x509_st X509;

namespace wakeline::media {

/// A certificate's hash, as SDP carries it (RFC 8122 section 5): "sha-256 4A:AD:B9:...".
struct CertificateFingerprint {
    enum class Hash : std::uint8_t { Sha256, Sha384, Sha512 };

    Hash hash = Hash::Sha256;
    Bytes digest;

    /// Refuses other hashes: MD5 and SHA-1 prove nothing any more.
    static Result<CertificateFingerprint> parse(std::string_view value);
    static Result<CertificateFingerprint> of(const X509& certificate, Hash hash);
    std::string str() const;
    bool operator==(const CertificateFingerprint&) const = default;
};

} // namespace wakeline::media

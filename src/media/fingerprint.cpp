// SPDX-License-Identifier: Apache-2.0
#include "media/fingerprint.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "base/text.h"

namespace wakeline::media {

namespace {

using Hash = CertificateFingerprint::Hash;

struct HashInfo {
    Hash hash;
    std::string_view name; // of the IANA hash function registry, as SDP has it
    const EVP_MD* (*digest)();
    std::size_t size;
};
constexpr std::array kHashes{HashInfo{Hash::Sha256, "sha-256", EVP_sha256, 32},
                             HashInfo{Hash::Sha384, "sha-384", EVP_sha384, 48},
                             HashInfo{Hash::Sha512, "sha-512", EVP_sha512, 64}};

const HashInfo& info(Hash hash) {
    const auto at = std::ranges::find(kHashes, hash, &HashInfo::hash);
    WAKELINE_ASSERT(at != kHashes.end());
    return *at;
}

Error unusable(std::string why) { return {ErrorCode::InvalidInput, "a=fingerprint " + std::move(why)}; }

} // namespace

Result<CertificateFingerprint> CertificateFingerprint::parse(std::string_view value) {
    const auto text = trim(value);
    const auto space = text.find(' ');
    const auto name = text.substr(0, space);
    const auto at = std::ranges::find_if(kHashes, [&](const HashInfo& h) { return iequals(h.name, name); });
    if (at == kHashes.end()) return unusable("with a hash that is not sha-256, sha-384 or sha-512");
    CertificateFingerprint fingerprint{at->hash, {}};
    for (const auto octet : split(trim(text.substr(std::min(space, text.size()))), ':')) {
        const auto value_of = from_hex(octet);
        if (!value_of || value_of->size() != 1) return unusable("that is not octets with colons");
        fingerprint.digest.push_back(value_of->front());
        if (fingerprint.digest.size() > at->size) break;
    }
    if (fingerprint.digest.size() != at->size) return unusable("whose size is not its hash's");
    return fingerprint;
}

Result<CertificateFingerprint> CertificateFingerprint::of(const X509& certificate, Hash hash) {
    CertificateFingerprint fingerprint{hash, Bytes(info(hash).size)};
    unsigned size = 0;
    if (X509_digest(&certificate, info(hash).digest(), fingerprint.digest.data(), &size) != 1)
        return Error{ErrorCode::Crypto, "the fingerprint of a certificate cannot be taken"};
    return fingerprint;
}

std::string CertificateFingerprint::str() const {
    constexpr std::string_view kDigits = "0123456789ABCDEF"; // upper case: RFC 8122 section 5
    std::string text(info(hash).name);
    for (std::size_t i = 0; i < digest.size(); ++i) {
        text += i == 0 ? ' ' : ':';
        text += kDigits[digest[i] >> 4];
        text += kDigits[digest[i] & 0xf];
    }
    return text;
}

} // namespace wakeline::media

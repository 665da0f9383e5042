// SPDX-License-Identifier: Apache-2.0
#include "push/jwt.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>

#include <array>
#include <optional>

#include "base/bytes.h"

namespace wakeline::push {

namespace {

constexpr int kHalf = 32; // octets of r and of s on P-256

bool is_p256(const EVP_PKEY* key) {
    std::array<char, 32> group{};
    std::size_t size = 0;
    return EVP_PKEY_is_a(key, "EC") == 1 &&
           EVP_PKEY_get_group_name(const_cast<EVP_PKEY*>(key), group.data(), group.size(), &size) == 1 &&
           std::string_view(group.data(), size) == "prime256v1";
}

/// OpenSSL gives DER, RFC 7518 section 3.4 wants r and s side by side.
std::optional<Bytes> raw_signature(const Bytes& der) {
    const unsigned char* at = der.data();
    const CHandle<ECDSA_SIG, ECDSA_SIG_free> signature(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    Bytes raw(2 * kHalf);
    if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), kHalf) != kHalf ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + kHalf, kHalf) != kHalf)
        return std::nullopt;
    return raw;
}

std::optional<Bytes> digest_sign(EVP_PKEY* key, std::string_view text) {
    const CHandle<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
    const ByteView input = as_bytes(text);
    std::size_t size = 0;
    if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, input.data(), input.size()) != 1)
        return std::nullopt;
    Bytes signature(size);
    if (EVP_DigestSign(context.get(), signature.data(), &size, input.data(), input.size()) != 1)
        return std::nullopt;
    signature.resize(size);
    return signature;
}

/// An encrypted key is refused rather than asked a passphrase for on the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

} // namespace

Result<SigningKey> SigningKey::parse(std::string_view pem, Algorithm algorithm) {
    const CHandle<BIO, BIO_free_all> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    Key key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr) : nullptr);
    if (!key) return Error{ErrorCode::InvalidInput, "is not an unencrypted private key in PEM"};
    if (algorithm == Algorithm::Es256 && !is_p256(key.get()))
        return Error{ErrorCode::InvalidInput, "is not a key on the curve P-256"};
    if (algorithm == Algorithm::Rs256 &&
        (EVP_PKEY_is_a(key.get(), "RSA") != 1 || EVP_PKEY_get_bits(key.get()) < 2048))
        return Error{ErrorCode::InvalidInput, "is not an RSA key of 2048 bits or more"};
    return SigningKey(std::move(key), algorithm);
}

Result<std::string> SigningKey::sign(std::string_view header, std::string_view claims) const {
    std::string token = base64url(as_bytes(header)) + "." + base64url(as_bytes(claims));
    auto signature = digest_sign(key_.get(), token);
    if (signature && algorithm_ == Algorithm::Es256) signature = raw_signature(*signature);
    if (!signature) return Error{ErrorCode::Crypto, "signing failed"};
    return token + "." + base64url(*signature);
}

} // namespace wakeline::push

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/c_handle.h"
#include "base/result.h"

namespace wakeline::push {

/// The private key of an app, and the two kinds of JWT that push services ask for (RFC 7515, RFC 7518).
class SigningKey {
public:
    enum class Algorithm : std::uint8_t {
        Es256, // P-256; APNs
        Rs256, // RSA of at least 2048 bits; Google
    };

    /// PEM, PKCS#8 or traditional, without passphrase. The error says what is wrong with the key.
    static Result<SigningKey> parse(std::string_view pem, Algorithm algorithm);

    /// `header` and `claims` are JSON texts.
    Result<std::string> sign(std::string_view header, std::string_view claims) const;

private:
    using Key = CHandle<EVP_PKEY, EVP_PKEY_free>;
    SigningKey(Key key, Algorithm algorithm) : key_(std::move(key)), algorithm_(algorithm) {}

    Key key_;
    Algorithm algorithm_;
};

} // namespace wakeline::push

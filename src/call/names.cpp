// SPDX-License-Identifier: Apache-2.0
#include "call/names.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "base/bytes.h"
#include "base/random.h"

namespace wakeline::call {

RandomNames::RandomNames() : key_(random_token(256)) {}

std::string RandomNames::token() { return random_token(); }

std::string RandomNames::uuid() { return random_uuid(); }

std::string RandomNames::derived(std::string_view text) {
    constexpr std::size_t kOctets = 12; // as many bits as a token
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const ByteView input = as_bytes(text);
    HMAC(EVP_sha256(), key_.reveal().data(), static_cast<int>(key_.reveal().size()), input.data(),
         input.size(), digest.data(), &size);
    return hex(ByteView(digest).first(kOctets));
}

} // namespace wakeline::call

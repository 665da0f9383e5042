// SPDX-License-Identifier: Apache-2.0
#include "push/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "base/bytes.h"

namespace wakeline::push {

std::string sign_webhook(const Secret& secret, std::string_view timestamp, std::string_view body) {
    std::string text(timestamp);
    (text += '.') += body;
    const std::string& key = secret.reveal();
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), as_bytes(text).data(), text.size(),
         digest.data(), &size);
    return "sha256=" + hex(ByteView(digest).first(size));
}

} // namespace wakeline::push

// SPDX-License-Identifier: Apache-2.0
#include "push/fingerprint.h"

#include <openssl/evp.h>

#include <array>

#include "base/bytes.h"

namespace wakeline::push {

std::string fingerprint(std::string_view text, std::size_t digits) {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return hex(ByteView(digest).first(size)).substr(0, digits);
}

} // namespace wakeline::push

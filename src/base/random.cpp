// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <openssl/rand.h>

#include <array>
#include <cstdlib>

#include "base/bytes.h"

namespace wakeline {

void random_bytes(std::span<std::uint8_t> out) {
    if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1) std::abort();
}

std::uint32_t random_u32() {
    std::array<std::uint8_t, 4> raw{};
    random_bytes(raw);
    return std::uint32_t{raw[0]} << 24 | std::uint32_t{raw[1]} << 16 | std::uint32_t{raw[2]} << 8 | raw[3];
}

std::string random_token(std::size_t bits) {
    Bytes raw((bits + 7) / 8);
    random_bytes(raw);
    return hex(raw);
}

std::string random_uuid() {
    std::array<std::uint8_t, 16> raw{};
    random_bytes(raw);
    raw[6] = static_cast<std::uint8_t>((raw[6] & 0x0f) | 0x40);
    raw[8] = static_cast<std::uint8_t>((raw[8] & 0x3f) | 0x80);
    std::string text = hex(raw);
    for (const std::size_t at : {8u, 13u, 18u, 23u})
        text.insert(at, 1, '-');
    return text;
}

} // namespace wakeline

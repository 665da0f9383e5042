// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/bytes.h"

namespace wakeline {

namespace {

/// Drawn ahead: a call of OpenSSL's generator costs more than the few octets of a tag. What was given away is
/// wiped.
class Reservoir {
public:
    bool give(std::span<std::uint8_t> out) {
        if (out.size() > bytes_.size()) return false;
        if (left_ < out.size() && !fill()) return false;
        const auto from = bytes_.begin() + static_cast<std::ptrdiff_t>(bytes_.size() - left_);
        std::copy_n(from, out.size(), out.begin());
        OPENSSL_cleanse(&*from, out.size());
        left_ -= out.size();
        return true;
    }

private:
    bool fill() {
        left_ = RAND_bytes(bytes_.data(), static_cast<int>(bytes_.size())) == 1 ? bytes_.size() : 0;
        return left_ != 0;
    }

    std::array<std::uint8_t, 512> bytes_{};
    std::size_t left_ = 0; // at the end
};

} // namespace

void random_bytes(std::span<std::uint8_t> out) {
    thread_local Reservoir reservoir;
    if (reservoir.give(out)) return;
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

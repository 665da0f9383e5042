// SPDX-License-Identifier: Apache-2.0
#include "registrar/sealed_names.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/c_handle.h"
#include "base/random.h"

namespace wakeline::registrar {

namespace {

constexpr std::size_t kBlock = 16, kIdSize = 8, kStampSize = 4;
constexpr std::size_t kKindAt = kIdSize, kStampAt = kKindAt + 1, kSaltAt = kStampAt + kStampSize;
constexpr unsigned kUnusedIdBits = 11; // ids have 53 bits

using Block = std::array<std::uint8_t, kBlock>; // id, kind, stamp, salt
enum class Direction : int { Open = 0, Seal = 1 };

/// One block of AES-128, where ECB is what it should be: a permutation that only we know. Who invents a name
/// hits one of ours, with its unused bits, kind, id and stamp right, less than once in 2^60.
Block turned(const Block& in, const Secret& key, Direction direction) {
    const CHandle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> cipher(EVP_CIPHER_CTX_new());
    std::array<std::uint8_t, 2 * kBlock> out{};
    int size = 0;
    const auto bytes = as_bytes(key.reveal());
    WAKELINE_ASSERT(cipher &&
                    EVP_CipherInit_ex(cipher.get(), EVP_aes_128_ecb(), nullptr, bytes.data(), nullptr,
                                      static_cast<int>(direction)) == 1 &&
                    EVP_CIPHER_CTX_set_padding(cipher.get(), 0) == 1 &&
                    EVP_CipherUpdate(cipher.get(), out.data(), &size, in.data(), kBlock) == 1 &&
                    size == static_cast<int>(kBlock));
    Block block;
    std::copy_n(out.begin(), kBlock, block.begin());
    return block;
}

void put(std::span<std::uint8_t> into, std::uint64_t value) {
    for (std::size_t i = into.size(); i-- > 0; value >>= 8)
        into[i] = static_cast<std::uint8_t>(value);
}

std::uint64_t take(std::span<const std::uint8_t> from) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : from)
        value = value << 8 | byte;
    return value;
}

} // namespace

SealedNames::SealedNames(const Secret& key) {
    const auto octets = from_hex(key.reveal());
    WAKELINE_ASSERT(octets && octets->size() == kBlock);
    key_ = Secret(std::string(as_text(*octets)));
}

std::string SealedNames::seal(Kind kind, BindingId id, std::uint32_t stamp) const {
    Block block{};
    const std::span bytes(block);
    put(bytes.first(kIdSize), id);
    block[kKindAt] = static_cast<std::uint8_t>(kind);
    put(bytes.subspan(kStampAt, kStampSize), stamp);
    if (kind == Kind::TemporaryGruu) random_bytes(bytes.subspan(kSaltAt));
    return hex(turned(block, key_, Direction::Seal));
}

std::optional<SealedNames::Opened> SealedNames::open(Kind kind, std::string_view name) const {
    const auto sealed = from_hex(name);
    if (!sealed || sealed->size() != kBlock) return std::nullopt;
    Block block;
    std::copy_n(sealed->begin(), kBlock, block.begin());
    block = turned(block, key_, Direction::Open);
    const std::span<const std::uint8_t> bytes(block);
    const std::uint64_t id = take(bytes.first(kIdSize));
    if (block[kKindAt] != static_cast<std::uint8_t>(kind) || id >> (64 - kUnusedIdBits) != 0)
        return std::nullopt;
    return Opened{id, static_cast<std::uint32_t>(take(bytes.subspan(kStampAt, kStampSize)))};
}

/// FNV-1a.
std::uint32_t stamp_of(std::string_view text) {
    std::uint32_t hash = 2'166'136'261;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619;
    return hash;
}

} // namespace wakeline::registrar

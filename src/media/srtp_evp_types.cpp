// SPDX-License-Identifier: Apache-2.0
#include "media/srtp_evp_types.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <srtp2/cipher.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <new>

#include "base/c_handle.h"
#include "media/srtp_evp_gcm.h"
#include "media/srtp_hmac.h"

namespace wakeline::media {

namespace {

constexpr std::size_t kSaltSize = 14;

/// Fetched once: a fetch by name in each of many contexts is what makes OpenSSL 3 slow.
struct Algorithms {
    CHandle<EVP_CIPHER, EVP_CIPHER_free> aes128{EVP_CIPHER_fetch(nullptr, "AES-128-CTR", nullptr)};
    CHandle<EVP_CIPHER, EVP_CIPHER_free> aes256{EVP_CIPHER_fetch(nullptr, "AES-256-CTR", nullptr)};
};
const Algorithms& algorithms() {
    static const Algorithms all;
    return all;
}

// == AES in integer counter mode (RFC 3711 section 4.1.1, RFC 6188) ==
// A packet is shorter than 2^16 blocks, so the 16-bit counter of the RFC and CTR's 128-bit one are the same.

/// libsrtp's handle and what it leads to, in one piece of memory. OpenSSL's context, which is larger than all
/// the rest, begins with the first packet: a call without RTCP has one less.
struct IcmState {
    srtp_cipher_t handle{};
    CHandle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context{};
    const EVP_CIPHER* cipher = nullptr;
    std::size_t key_size = 0;
    std::array<std::uint8_t, 16> offset{}; // the salt, times 2^16
    std::array<std::uint8_t, 32> key{};

    ~IcmState() { OPENSSL_cleanse(key.data(), key.size()); }
    bool ready() {
        if (context) return true;
        context.reset(EVP_CIPHER_CTX_new());
        return context && EVP_EncryptInit_ex2(context.get(), cipher, key.data(), nullptr, nullptr) == 1;
    }
};

extern const srtp_cipher_type_t kIcm128, kIcm256;

srtp_err_status_t icm_alloc(const srtp_cipher_type_t& type, srtp_cipher_pointer_t* out,
                            int key_len) noexcept {
    const bool large = type.id == SRTP_AES_ICM_256;
    if (key_len != (large ? SRTP_AES_ICM_256_KEY_LEN_WSALT : SRTP_AES_ICM_128_KEY_LEN_WSALT))
        return srtp_err_status_bad_param;
    try {
        auto state = std::make_unique<IcmState>();
        state->cipher = (large ? algorithms().aes256 : algorithms().aes128).get();
        state->key_size = large ? 32 : 16;
        if (state->cipher == nullptr) return srtp_err_status_alloc_fail;
        state->handle = {&type, state.get(), key_len, static_cast<int>(type.id)};
        *out = &state.release()->handle;
        return srtp_err_status_ok;
    } catch (const std::bad_alloc&) {
        return srtp_err_status_alloc_fail;
    }
}

srtp_err_status_t icm128_alloc(srtp_cipher_pointer_t* out, int key_len, int) {
    return icm_alloc(kIcm128, out, key_len);
}
srtp_err_status_t icm256_alloc(srtp_cipher_pointer_t* out, int key_len, int) {
    return icm_alloc(kIcm256, out, key_len);
}

srtp_err_status_t icm_dealloc(srtp_cipher_pointer_t handle) {
    const std::unique_ptr<IcmState> state(static_cast<IcmState*>(handle->state));
    return srtp_err_status_ok;
}

srtp_err_status_t icm_init(void* raw, const std::uint8_t* key) {
    auto* state = static_cast<IcmState*>(raw);
    state->offset.fill(0);
    std::copy_n(key + state->key_size, kSaltSize, state->offset.begin());
    std::copy_n(key, state->key_size, state->key.begin());
    state->context.reset();
    return srtp_err_status_ok;
}

srtp_err_status_t icm_set_iv(void* raw, std::uint8_t* iv, srtp_cipher_direction_t) {
    auto* state = static_cast<IcmState*>(raw);
    if (!state->ready()) return srtp_err_status_cipher_fail;
    std::array<std::uint8_t, 16> counter;
    for (std::size_t i = 0; i < counter.size(); ++i)
        counter[i] = static_cast<std::uint8_t>(iv[i] ^ state->offset[i]);
    const int good = EVP_EncryptInit_ex2(state->context.get(), nullptr, nullptr, counter.data(), nullptr);
    return good == 1 ? srtp_err_status_ok : srtp_err_status_cipher_fail;
}

srtp_err_status_t icm_apply(void* raw, std::uint8_t* buffer, unsigned int* size) {
    auto* state = static_cast<IcmState*>(raw);
    int done = 0;
    const int good = EVP_EncryptUpdate(state->context.get(), buffer, &done, buffer, static_cast<int>(*size));
    return good == 1 ? srtp_err_status_ok : srtp_err_status_cipher_fail;
}

// Key and salt, the first index, 32 zero octets, and the key stream: RFC 3711 appendix B.2, RFC 6188
// section 7.1.
constexpr std::array<std::uint8_t, 30> kIcm128Key{0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7,
                                                  0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c, 0xf0, 0xf1, 0xf2, 0xf3,
                                                  0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd};
constexpr std::array<std::uint8_t, 32> kIcm128Stream{
    0xe0, 0x3e, 0xad, 0x09, 0x35, 0xc9, 0x5e, 0x80, 0xe1, 0x66, 0xb1, 0x6d, 0xd9, 0x2b, 0x4e, 0xb4,
    0xd2, 0x35, 0x13, 0x16, 0x2b, 0x02, 0xd0, 0xf7, 0x2a, 0x43, 0xa2, 0xfe, 0x4a, 0x5f, 0x97, 0xab};
constexpr std::array<std::uint8_t, 46> kIcm256Key{
    0x57, 0xf8, 0x2f, 0xe3, 0x61, 0x3f, 0xd1, 0x70, 0xa8, 0x5e, 0xc9, 0x3c, 0x40, 0xb1, 0xf0, 0x92,
    0x2e, 0xc4, 0xcb, 0x0d, 0xc0, 0x25, 0xb5, 0x82, 0x72, 0x14, 0x7c, 0xc4, 0x38, 0x94, 0x4a, 0x98,
    0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd};
constexpr std::array<std::uint8_t, 32> kIcm256Stream{
    0x92, 0xbd, 0xd2, 0x8a, 0x93, 0xc3, 0xf5, 0x25, 0x11, 0xc6, 0x77, 0xd0, 0x8b, 0x55, 0x15, 0xa4,
    0x9d, 0xa7, 0x1b, 0x23, 0x78, 0xa8, 0x54, 0xf6, 0x70, 0x50, 0x75, 0x6d, 0xed, 0x16, 0x5b, 0xac};
constexpr std::array<std::uint8_t, 32> kZeros{};
std::array<std::uint8_t, 16> kFirstIndex{}; // libsrtp wants it mutable, and does not change it

const srtp_cipher_test_case_t kIcm128Test{
    30,     kIcm128Key.data(), kFirstIndex.data(), 32, kZeros.data(), 32, kIcm128Stream.data(), 0, nullptr, 0,
    nullptr};
const srtp_cipher_test_case_t kIcm256Test{
    46,     kIcm256Key.data(), kFirstIndex.data(), 32, kZeros.data(), 32, kIcm256Stream.data(), 0, nullptr, 0,
    nullptr};

const srtp_cipher_type_t kIcm128{icm128_alloc, icm_dealloc,     icm_init,
                                 nullptr,      icm_apply,       icm_apply,
                                 icm_set_iv,   nullptr,         "AES-128 counter mode (OpenSSL)",
                                 &kIcm128Test, SRTP_AES_ICM_128};
const srtp_cipher_type_t kIcm256{icm256_alloc, icm_dealloc,     icm_init,
                                 nullptr,      icm_apply,       icm_apply,
                                 icm_set_iv,   nullptr,         "AES-256 counter mode (OpenSSL)",
                                 &kIcm256Test, SRTP_AES_ICM_256};

} // namespace

Status install_evp_types() {
    if (!algorithms().aes128 || !algorithms().aes256)
        return Error{ErrorCode::Crypto, "OpenSSL gives no AES-CTR: is its default provider disabled?"};
    const bool good = srtp_replace_cipher_type(&kIcm128, SRTP_AES_ICM_128) == srtp_err_status_ok &&
                      srtp_replace_cipher_type(&kIcm256, SRTP_AES_ICM_256) == srtp_err_status_ok &&
                      srtp_replace_cipher_type(&kEvpGcm128, SRTP_AES_GCM_128) == srtp_err_status_ok &&
                      srtp_replace_cipher_type(&kEvpGcm256, SRTP_AES_GCM_256) == srtp_err_status_ok &&
                      srtp_replace_auth_type(&kHmacSha1, SRTP_HMAC_SHA1) == srtp_err_status_ok;
    if (!good) return Error{ErrorCode::Crypto, "libsrtp refuses OpenSSL's ciphers: their self-test failed"};
    return Done{};
}

} // namespace wakeline::media

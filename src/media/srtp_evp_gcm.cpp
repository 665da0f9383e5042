// SPDX-License-Identifier: Apache-2.0
#include "media/srtp_evp_gcm.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <new>

#include "base/c_handle.h"

namespace wakeline::media {

namespace {

constexpr std::size_t kIvSize = 12;
constexpr int kTagSize = 16;
constexpr int kShortTagSize = 8; // no suite has it, but libsrtp's own self-test does

/// Fetched once, as in srtp_evp_types.cpp.
struct Algorithms {
    CHandle<EVP_CIPHER, EVP_CIPHER_free> gcm128{EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr)};
    CHandle<EVP_CIPHER, EVP_CIPHER_free> gcm256{EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)};
};
const Algorithms& algorithms() {
    static const Algorithms all;
    return all;
}

/// libsrtp's handle and what it leads to, in one piece of memory.
struct GcmState {
    srtp_cipher_t handle{};
    CHandle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context{}; // from the first packet on
    const EVP_CIPHER* cipher = nullptr;
    int tag_size = kTagSize;
    std::size_t key_size = 0;
    std::array<std::uint8_t, kIvSize> iv{};
    std::array<std::uint8_t, 32> key{};

    ~GcmState() { OPENSSL_cleanse(key.data(), key.size()); }
    bool ready() {
        if (context) return true;
        context.reset(EVP_CIPHER_CTX_new());
        return context && EVP_CipherInit_ex2(context.get(), cipher, key.data(), nullptr, 1, nullptr) == 1;
    }
    bool begin(bool encrypt) {
        return EVP_CipherInit_ex2(context.get(), nullptr, nullptr, iv.data(), encrypt ? 1 : 0, nullptr) == 1;
    }
    bool update(std::uint8_t* out, const std::uint8_t* in, std::size_t size) {
        int done = 0;
        return EVP_CipherUpdate(context.get(), out, &done, in, static_cast<int>(size)) == 1;
    }
    bool finish() {
        std::array<std::uint8_t, kTagSize> nothing; // GCM has no last block
        int done = 0;
        return EVP_CipherFinal_ex(context.get(), nothing.data(), &done) == 1;
    }
};

srtp_err_status_t outcome(bool good) noexcept {
    return good ? srtp_err_status_ok : srtp_err_status_cipher_fail;
}

srtp_err_status_t gcm_alloc(const srtp_cipher_type_t& type, srtp_cipher_pointer_t* out, int key_len,
                            int tag_len) noexcept {
    const bool large = type.id == SRTP_AES_GCM_256;
    if (key_len != (large ? SRTP_AES_GCM_256_KEY_LEN_WSALT : SRTP_AES_GCM_128_KEY_LEN_WSALT) ||
        (tag_len != kTagSize && tag_len != kShortTagSize))
        return srtp_err_status_bad_param;
    try {
        auto state = std::make_unique<GcmState>();
        state->cipher = (large ? algorithms().gcm256 : algorithms().gcm128).get();
        state->tag_size = tag_len;
        state->key_size = large ? 32 : 16;
        if (state->cipher == nullptr) return srtp_err_status_alloc_fail;
        state->handle = {&type, state.get(), key_len, static_cast<int>(type.id)};
        *out = &state.release()->handle;
        return srtp_err_status_ok;
    } catch (const std::bad_alloc&) {
        return srtp_err_status_alloc_fail;
    }
}

srtp_err_status_t gcm128_alloc(srtp_cipher_pointer_t* out, int key_len, int tag_len) {
    return gcm_alloc(kEvpGcm128, out, key_len, tag_len);
}
srtp_err_status_t gcm256_alloc(srtp_cipher_pointer_t* out, int key_len, int tag_len) {
    return gcm_alloc(kEvpGcm256, out, key_len, tag_len);
}

srtp_err_status_t gcm_dealloc(srtp_cipher_pointer_t handle) {
    const std::unique_ptr<GcmState> state(static_cast<GcmState*>(handle->state));
    return srtp_err_status_ok;
}

srtp_err_status_t gcm_init(void* raw, const std::uint8_t* key) {
    auto* state = static_cast<GcmState*>(raw);
    std::copy_n(key, state->key_size, state->key.begin());
    state->context.reset();
    return srtp_err_status_ok;
}

srtp_err_status_t gcm_set_iv(void* raw, std::uint8_t* iv, srtp_cipher_direction_t direction) {
    auto* state = static_cast<GcmState*>(raw);
    if (!state->ready()) return srtp_err_status_cipher_fail;
    std::copy_n(iv, kIvSize, state->iv.begin());
    return outcome(state->begin(direction == srtp_direction_encrypt));
}

srtp_err_status_t gcm_set_aad(void* raw, const std::uint8_t* aad, std::uint32_t size) {
    return outcome(static_cast<GcmState*>(raw)->update(nullptr, aad, size));
}

srtp_err_status_t gcm_encrypt(void* raw, std::uint8_t* buffer, unsigned int* size) {
    return outcome(static_cast<GcmState*>(raw)->update(buffer, buffer, *size));
}

srtp_err_status_t gcm_get_tag(void* raw, std::uint8_t* tag, std::uint32_t* size) {
    auto* state = static_cast<GcmState*>(raw);
    *size = static_cast<std::uint32_t>(state->tag_size);
    return outcome(state->finish() && EVP_CIPHER_CTX_ctrl(state->context.get(), EVP_CTRL_AEAD_GET_TAG,
                                                          state->tag_size, tag) == 1);
}

/// `size` comes with the tag and goes without it. The text is decrypted before the tag is known to be wrong;
/// the same key stream once more gives the packet back, for the next session that it may belong to.
srtp_err_status_t gcm_decrypt(void* raw, std::uint8_t* buffer, unsigned int* size) {
    auto* state = static_cast<GcmState*>(raw);
    if (*size < static_cast<unsigned int>(state->tag_size)) return srtp_err_status_bad_param;
    const std::size_t text = *size - static_cast<unsigned int>(state->tag_size);
    if (EVP_CIPHER_CTX_ctrl(state->context.get(), EVP_CTRL_AEAD_SET_TAG, state->tag_size, buffer + text) !=
            1 ||
        !state->update(buffer, buffer, text))
        return srtp_err_status_cipher_fail;
    if (state->finish()) {
        *size = static_cast<unsigned int>(text);
        return srtp_err_status_ok;
    }
    const bool restored = state->begin(true) && state->update(buffer, buffer, text);
    return restored ? srtp_err_status_auth_fail : srtp_err_status_cipher_fail;
}

// RFC 7714 sections 16.1.1 and 16.2.1: key (and a salt, which a cipher type does not see), IV, text, AAD, and
// what comes of it with the tag.
constexpr std::array<std::uint8_t, 28> kKey128{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
constexpr std::array<std::uint8_t, 44> kKey256{0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                               11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                               22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
std::array<std::uint8_t, kIvSize> kIv{
    0x51, 0x75, 0x3c, 0x65, 0x80, 0xc2,  // libsrtp wants it mutable, and does
    0x72, 0x6f, 0x20, 0x71, 0x84, 0x14}; // not change it
constexpr std::array<std::uint8_t, 12> kHeader{0x80, 0x40, 0xf1, 0x7b, 0x80, 0x41,
                                               0xf8, 0xd3, 0x55, 0x01, 0xa0, 0xb2};
constexpr std::array<std::uint8_t, 38> kText{0x47, 0x61, 0x6c, 0x6c, 0x69, 0x61, 0x20, 0x65, 0x73, 0x74,
                                             0x20, 0x6f, 0x6d, 0x6e, 0x69, 0x73, 0x20, 0x64, 0x69, 0x76,
                                             0x69, 0x73, 0x61, 0x20, 0x69, 0x6e, 0x20, 0x70, 0x61, 0x72,
                                             0x74, 0x65, 0x73, 0x20, 0x74, 0x72, 0x65, 0x73};
constexpr std::array<std::uint8_t, 54> kSealed128{
    0xf2, 0x4d, 0xe3, 0xa3, 0xfb, 0x34, 0xde, 0x6c, 0xac, 0xba, 0x86, 0x1c, 0x9d, 0x7e,
    0x4b, 0xca, 0xbe, 0x63, 0x3b, 0xd5, 0x0d, 0x29, 0x4e, 0x6f, 0x42, 0xa5, 0xf4, 0x7a,
    0x51, 0xc7, 0xd1, 0x9b, 0x36, 0xde, 0x3a, 0xdf, 0x88, 0x33, 0x89, 0x9d, 0x7f, 0x27,
    0xbe, 0xb1, 0x6a, 0x91, 0x52, 0xcf, 0x76, 0x5e, 0xe4, 0x39, 0x0c, 0xce};
constexpr std::array<std::uint8_t, 54> kSealed256{
    0x32, 0xb1, 0xde, 0x78, 0xa8, 0x22, 0xfe, 0x12, 0xef, 0x9f, 0x78, 0xfa, 0x33, 0x2e,
    0x33, 0xaa, 0xb1, 0x80, 0x12, 0x38, 0x9a, 0x58, 0xe2, 0xf3, 0xb5, 0x0b, 0x2a, 0x02,
    0x76, 0xff, 0xae, 0x0f, 0x1b, 0xa6, 0x37, 0x99, 0xb8, 0x7b, 0x7a, 0xa3, 0xdb, 0x36,
    0xdf, 0xff, 0xd6, 0xb0, 0xf9, 0xbb, 0x78, 0x78, 0xd7, 0xa7, 0x6c, 0x13};
const srtp_cipher_test_case_t kTest128{
    28, kKey128.data(), kIv.data(), 38,     kText.data(), 54, kSealed128.data(),
    12, kHeader.data(), kTagSize,   nullptr};
const srtp_cipher_test_case_t kTest256{
    44, kKey256.data(), kIv.data(), 38,     kText.data(), 54, kSealed256.data(),
    12, kHeader.data(), kTagSize,   nullptr};

} // namespace

const srtp_cipher_type_t kEvpGcm128{gcm128_alloc, gcm_dealloc,     gcm_init,
                                    gcm_set_aad,  gcm_encrypt,     gcm_decrypt,
                                    gcm_set_iv,   gcm_get_tag,     "AES-128 GCM (OpenSSL)",
                                    &kTest128,    SRTP_AES_GCM_128};
const srtp_cipher_type_t kEvpGcm256{gcm256_alloc, gcm_dealloc,     gcm_init,
                                    gcm_set_aad,  gcm_encrypt,     gcm_decrypt,
                                    gcm_set_iv,   gcm_get_tag,     "AES-256 GCM (OpenSSL)",
                                    &kTest256,    SRTP_AES_GCM_256};

} // namespace wakeline::media

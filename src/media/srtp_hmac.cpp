// SPDX-License-Identifier: Apache-2.0
// SHA1_Update is deprecated in favour of EVP, which keeps seven objects of 1 KB in all for a key, and walks
// through them for each packet: with 1,000 calls they are not in the cache. Here it is one of 200 octets.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "media/srtp_hmac.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <new>

namespace wakeline::media {

namespace {

constexpr std::size_t kTagSize = SHA_DIGEST_LENGTH;
constexpr std::uint8_t kInnerPad = 0x36, kOuterPad = 0x5c; // RFC 2104 section 2

/// SHA-1 after its first block, which is the key's.
struct Begun {
    SHA_LONG h0, h1, h2, h3, h4;

    static Begun with(const std::uint8_t* key, std::size_t size, std::uint8_t pad) {
        std::array<std::uint8_t, SHA_CBLOCK> block;
        block.fill(pad);
        for (std::size_t i = 0; i < size; ++i)
            block[i] = static_cast<std::uint8_t>(key[i] ^ pad);
        SHA_CTX context;
        SHA1_Init(&context);
        SHA1_Update(&context, block.data(), block.size());
        return {context.h0, context.h1, context.h2, context.h3, context.h4};
    }
    void resume(SHA_CTX& context) const {
        context.h0 = h0;
        context.h1 = h1;
        context.h2 = h2;
        context.h3 = h3;
        context.h4 = h4;
        context.Nl = SHA_CBLOCK * 8; // bits so far
        context.Nh = 0;
        context.num = 0;
    }
};

/// libsrtp's handle and all that it leads to, in one piece of memory.
struct Hmac {
    srtp_auth_t handle{};
    Begun inner{}, outer{};
    SHA_CTX running{};
};

srtp_err_status_t hmac_alloc(srtp_auth_pointer_t* out, int key_len, int out_len) {
    if (key_len > static_cast<int>(kTagSize) || out_len > static_cast<int>(kTagSize))
        return srtp_err_status_bad_param;
    std::unique_ptr<Hmac> hmac(new (std::nothrow) Hmac);
    if (!hmac) return srtp_err_status_alloc_fail;
    hmac->handle = {&kHmacSha1, hmac.get(), out_len, key_len, 0};
    *out = &hmac.release()->handle;
    return srtp_err_status_ok;
}

srtp_err_status_t hmac_dealloc(srtp_auth_pointer_t handle) {
    const std::unique_ptr<Hmac> hmac(static_cast<Hmac*>(handle->state));
    return srtp_err_status_ok;
}

srtp_err_status_t hmac_init(void* raw, const std::uint8_t* key, int key_len) {
    if (key_len < 0 || key_len > SHA_CBLOCK) return srtp_err_status_bad_param;
    auto* hmac = static_cast<Hmac*>(raw);
    hmac->inner = Begun::with(key, static_cast<std::size_t>(key_len), kInnerPad);
    hmac->outer = Begun::with(key, static_cast<std::size_t>(key_len), kOuterPad);
    hmac->inner.resume(hmac->running);
    return srtp_err_status_ok;
}

srtp_err_status_t hmac_start(void* raw) {
    auto* hmac = static_cast<Hmac*>(raw);
    hmac->inner.resume(hmac->running);
    return srtp_err_status_ok;
}

srtp_err_status_t hmac_update(void* raw, const std::uint8_t* data, int size) {
    SHA1_Update(&static_cast<Hmac*>(raw)->running, data, static_cast<std::size_t>(size));
    return srtp_err_status_ok;
}

srtp_err_status_t hmac_compute(void* raw, const std::uint8_t* data, int size, int tag_len,
                               std::uint8_t* tag) {
    if (tag_len < 0 || tag_len > static_cast<int>(kTagSize)) return srtp_err_status_bad_param;
    auto* hmac = static_cast<Hmac*>(raw);
    SHA_CTX& running = hmac->running;
    std::array<std::uint8_t, kTagSize> digest;
    SHA1_Update(&running, data, static_cast<std::size_t>(size));
    SHA1_Final(digest.data(), &running);
    hmac->outer.resume(running);
    SHA1_Update(&running, digest.data(), digest.size());
    SHA1_Final(digest.data(), &running);
    std::copy_n(digest.begin(), tag_len, tag);
    return srtp_err_status_ok;
}

// RFC 2202 section 3, test case 1.
constexpr std::array<std::uint8_t, 20> kHmacKey{0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b,
                                                0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b};
constexpr std::array<std::uint8_t, 8> kHmacData{'H', 'i', ' ', 'T', 'h', 'e', 'r', 'e'};
constexpr std::array<std::uint8_t, 20> kHmacTag{0xb6, 0x17, 0x31, 0x86, 0x55, 0x05, 0x72, 0x64, 0xe2, 0x8b,
                                                0xc0, 0xb6, 0xfb, 0x37, 0x8c, 0x8e, 0xf1, 0x46, 0xbe, 0x00};
const srtp_auth_test_case_t kHmacTest{20, kHmacKey.data(), 8, kHmacData.data(), 20, kHmacTag.data(), nullptr};

} // namespace

const srtp_auth_type_t kHmacSha1{hmac_alloc, hmac_dealloc,          hmac_init,  hmac_compute,  hmac_update,
                                 hmac_start, "HMAC-SHA1 (OpenSSL)", &kHmacTest, SRTP_HMAC_SHA1};

} // namespace wakeline::media

// SPDX-License-Identifier: Apache-2.0
#include "sip/nonces.h"

#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/c_handle.h"
#include "base/random.h"
#include "sip/digest.h"

namespace wakeline::sip {

namespace {

constexpr std::size_t kStampSize = 8, kSaltSize = 8, kSignatureSize = 16;
constexpr std::size_t kSignedSize = kStampSize + kSaltSize;

std::uint64_t milliseconds(net::WallTime time) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count());
}

std::uint64_t milliseconds(net::Duration duration) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

} // namespace

void Nonces::FreeMac::operator()(evp_mac_ctx_st* mac) const noexcept { EVP_MAC_CTX_free(mac); }

Nonces::Nonces(const Secret& key, Options options) : options_(options) {
    const CHandle<EVP_MAC, EVP_MAC_free> hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    mac_.reset(EVP_MAC_CTX_new(hmac.get()));
    std::string hash = "SHA256";
    const std::array parameters{OSSL_PARAM_construct_utf8_string("digest", hash.data(), 0),
                                OSSL_PARAM_construct_end()};
    WAKELINE_ASSERT(mac_ && EVP_MAC_init(mac_.get(), as_bytes(key.reveal()).data(), key.reveal().size(),
                                         parameters.data()) == 1);
}

std::string Nonces::signature(std::string_view stamp_and_salt) const {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> out{};
    std::size_t size = 0;
    // A null key: the one it has.
    WAKELINE_ASSERT(EVP_MAC_init(mac_.get(), nullptr, 0, nullptr) == 1 &&
                    EVP_MAC_update(mac_.get(), as_bytes(stamp_and_salt).data(), stamp_and_salt.size()) == 1 &&
                    EVP_MAC_final(mac_.get(), out.data(), &size, out.size()) == 1 && size >= kSignatureSize);
    return std::string(as_text({out.data(), kSignatureSize}));
}

std::string Nonces::make(net::WallTime now) const {
    std::array<std::uint8_t, kSignedSize> bytes{};
    Stamp stamp = milliseconds(now);
    for (std::size_t i = kStampSize; i-- > 0; stamp >>= 8)
        bytes[i] = static_cast<std::uint8_t>(stamp);
    random_bytes(std::span(bytes).subspan(kStampSize));
    const std::string text(as_text(bytes));
    return base64url(as_bytes(text + signature(text)));
}

std::optional<Nonces::Stamp> Nonces::stamp_of(std::string_view nonce) const {
    if (nonce.size() > 64) return std::nullopt;
    const auto bytes = from_base64url(nonce);
    if (!bytes || bytes->size() != kSignedSize + kSignatureSize) return std::nullopt;
    const std::string_view text = as_text(*bytes);
    if (!digest::equal(signature(text.substr(0, kSignedSize)), text.substr(kSignedSize))) return std::nullopt;
    Stamp stamp = 0;
    for (std::size_t i = 0; i < kStampSize; ++i)
        stamp = stamp << 8 | (*bytes)[i];
    return stamp;
}

Nonces::Use Nonces::use(std::string_view nonce, std::uint32_t count, net::WallTime now) {
    const auto stamp = stamp_of(nonce);
    const Stamp present = milliseconds(now);
    const Stamp oldest = present - std::min(present, milliseconds(options_.lifetime));
    forget_old(oldest);
    if (!stamp || *stamp < oldest || *stamp <= forgotten_) return Use::Stale;
    std::uint32_t& highest = counts_[{*stamp, std::string(nonce)}];
    if (count <= highest) return Use::Replayed;
    highest = count;
    if (counts_.size() > options_.max_used) {
        forgotten_ = counts_.begin()->first.first;
        counts_.erase(counts_.begin());
    }
    return present > *stamp + milliseconds(options_.lifetime) / 2 ? Use::Ageing : Use::Fresh;
}

void Nonces::forget_old(Stamp oldest) { counts_.erase(counts_.begin(), counts_.lower_bound({oldest, {}})); }

} // namespace wakeline::sip

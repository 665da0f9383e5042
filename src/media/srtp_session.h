// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <srtp2/srtp.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/c_handle.h"
#include "base/result.h"
#include "media/crypto_line.h"

namespace wakeline::media {

/// libsrtp2, initialised, with OpenSSL's ciphers. One lives in main(); taking it by reference is how a
/// function says that it needs the library to be ready.
class SrtpLibrary {
public:
    SrtpLibrary();
    ~SrtpLibrary();
    SrtpLibrary(const SrtpLibrary&) = delete;
    SrtpLibrary& operator=(const SrtpLibrary&) = delete;
};

enum class SrtpDirection : std::uint8_t { Inbound, Outbound };

/// Forged: the tag is not by this key. Replayed: seen before, or too old to know. Bad: not a packet, or no
/// room.
enum class SrtpVerdict : std::uint8_t { Good, Forged, Replayed, Bad };

/// The SRTP and SRTCP contexts of one direction of one peer, for any SSRC. Nothing here allocates but the
/// first packet, and the first of an SSRC, once it is proved good.
class SrtpSession {
public:
    static constexpr std::size_t kTrailerRoom = SRTP_MAX_TRAILER_LEN + 4; // 4: the SRTCP index

    static Result<SrtpSession> create(const SrtpLibrary& library, SrtpDirection direction,
                                      const SrtpKey& key);

    /// A new key for the same packet numbers: RFC 3711 section 3.3.1 forbids to begin them anew.
    Status rekey(const SrtpKey& key);
    /// In a session that was just made with `key`: goes on with the roll-over counters that `before` has for
    /// these SSRCs. Returns how many are not 0.
    Result<std::size_t> keep_counters(const SrtpSession& before, const SrtpKey& key,
                                      std::span<const std::uint32_t> ssrcs);

    /// In a session that was just made with `key`: the roll-over counter that `before` has for the SSRC, and
    /// some.
    Status advance_counter(const SrtpSession& before, const SrtpKey& key, std::uint32_t ssrc,
                           std::uint32_t by);

    /// A packet will need it soon.
    void expect() const noexcept { __builtin_prefetch(session_.get(), 1); }

    /// Encrypts `size` bytes in place; the buffer must have kTrailerRoom bytes more. `size` becomes the new
    /// one.
    SrtpVerdict protect(std::span<std::uint8_t> buffer, std::size_t& size) noexcept;
    SrtpVerdict protect_rtcp(std::span<std::uint8_t> buffer, std::size_t& size) noexcept;

    /// Decrypts in place. A packet that is not Good is left as it was.
    SrtpVerdict unprotect(std::span<std::uint8_t> packet, std::size_t& size) noexcept;
    SrtpVerdict unprotect_rtcp(std::span<std::uint8_t> packet, std::size_t& size) noexcept;

private:
    Status set_counter(const SrtpKey& key, std::uint32_t ssrc, std::uint32_t roc);

    SrtpSession(srtp_t raw, SrtpDirection direction, bool mki)
        : session_(raw), direction_(direction), mki_(mki) {}

    CHandle<srtp_ctx_t, srtp_dealloc> session_;
    SrtpDirection direction_;
    bool mki_;
};

} // namespace wakeline::media

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <srtp2/srtp.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/c_handle.h"
#include "base/result.h"

namespace wakeline::media {

/// libsrtp2, initialised. One lives in main(); taking it by reference is how a
/// function says that it needs the library to be ready.
class SrtpLibrary {
public:
    SrtpLibrary();
    ~SrtpLibrary();
    SrtpLibrary(const SrtpLibrary&) = delete;
    SrtpLibrary& operator=(const SrtpLibrary&) = delete;
};

enum class SrtpProfile : std::uint8_t { Aes128CmSha1Tag80, Aes128CmSha1Tag32 };
enum class SrtpDirection : std::uint8_t { Inbound, Outbound };

class SrtpSession {
public:
    static constexpr std::size_t kKeyAndSaltSize = 30;
    static constexpr std::size_t kTrailerRoom = SRTP_MAX_TRAILER_LEN;

    static Result<SrtpSession> create(const SrtpLibrary&, SrtpDirection, SrtpProfile,
                                      std::span<const std::uint8_t, kKeyAndSaltSize> key_and_salt);

    /// Encrypts `size` bytes of RTP in place; `buffer` has kTrailerRoom bytes more.
    Result<std::size_t> protect(std::span<std::uint8_t> buffer, std::size_t size);

    /// Decrypts in place. Replayed, forged and truncated packets are refused.
    Result<std::size_t> unprotect(std::span<std::uint8_t> packet);

private:
    explicit SrtpSession(srtp_t raw) : session_(raw) {}

    CHandle<srtp_ctx_t, srtp_dealloc> session_;
};

} // namespace wakeline::media

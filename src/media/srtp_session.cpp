// SPDX-License-Identifier: Apache-2.0
#include "media/srtp_session.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace wakeline::media {

namespace {

Error srtp_error(const char* doing, srtp_err_status_t status) {
    const auto code = status == srtp_err_status_alloc_fail ? ErrorCode::Exhausted : ErrorCode::Crypto;
    return {code, std::string(doing) + ": libsrtp status " + std::to_string(status)};
}

void set_policy(SrtpProfile profile, srtp_policy_t& policy) {
    switch (profile) {
    case SrtpProfile::Aes128CmSha1Tag80:
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
        return;
    case SrtpProfile::Aes128CmSha1Tag32:
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy.rtp);
        // RFC 4568 section 6.2.2: the short tag is for RTP only.
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
        return;
    }
}

} // namespace

SrtpLibrary::SrtpLibrary() {
    if (srtp_init() != srtp_err_status_ok) throw std::runtime_error("libsrtp2 could not be initialised");
}

SrtpLibrary::~SrtpLibrary() { srtp_shutdown(); }

Result<SrtpSession> SrtpSession::create(const SrtpLibrary&, SrtpDirection direction, SrtpProfile profile,
                                        std::span<const std::uint8_t, kKeyAndSaltSize> key_and_salt) {
    std::array<std::uint8_t, kKeyAndSaltSize> key{}; // libsrtp wants it mutable
    std::copy(key_and_salt.begin(), key_and_salt.end(), key.begin());

    srtp_policy_t policy{};
    set_policy(profile, policy);
    policy.ssrc.type = direction == SrtpDirection::Inbound ? ssrc_any_inbound : ssrc_any_outbound;
    policy.key = key.data();
    policy.window_size = 1024;

    srtp_t raw = nullptr;
    if (const auto status = srtp_create(&raw, &policy); status != srtp_err_status_ok)
        return srtp_error("creating an SRTP session", status);
    return SrtpSession(raw);
}

Result<std::size_t> SrtpSession::protect(std::span<std::uint8_t> buffer, std::size_t size) {
    if (buffer.size() < size + kTrailerRoom)
        return Error{ErrorCode::InvalidInput, "no room for the SRTP trailer"};
    int length = static_cast<int>(size);
    if (const auto status = srtp_protect(session_.get(), buffer.data(), &length);
        status != srtp_err_status_ok)
        return srtp_error("protecting RTP", status);
    return static_cast<std::size_t>(length);
}

Result<std::size_t> SrtpSession::unprotect(std::span<std::uint8_t> packet) {
    int length = static_cast<int>(packet.size());
    if (const auto status = srtp_unprotect(session_.get(), packet.data(), &length);
        status != srtp_err_status_ok)
        return srtp_error("unprotecting RTP", status);
    return static_cast<std::size_t>(length);
}

} // namespace wakeline::media

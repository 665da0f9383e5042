// SPDX-License-Identifier: Apache-2.0
#include "media/srtp_session.h"

#include <stdexcept>

#include "media/srtp_evp_types.h"

namespace wakeline::media {

namespace {

Error srtp_error(const char* doing, srtp_err_status_t status) {
    const auto code = status == srtp_err_status_alloc_fail ? ErrorCode::Exhausted : ErrorCode::Crypto;
    return {code, std::string(doing) + ": libsrtp status " + std::to_string(status)};
}

void set_suite(SrtpSuite suite, srtp_policy_t& policy) {
    switch (suite) {
    case SrtpSuite::AesCm128Sha1_80:
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
        return;
    case SrtpSuite::AesCm128Sha1_32:
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy.rtp);
        // RFC 4568 section 6.2.2: the short tag is for RTP only.
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
        return;
    case SrtpSuite::AesCm256Sha1_80:
        srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy.rtp);
        srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy.rtcp);
        return;
    case SrtpSuite::AeadAes128Gcm:
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
        return;
    case SrtpSuite::AeadAes256Gcm:
        srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp);
        srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtcp);
        return;
    }
}

/// libsrtp's policy, with copies of what it points to: libsrtp wants them mutable.
struct Policy {
    Policy(SrtpDirection direction, const SrtpKey& key) : key_and_salt(key.key_and_salt), mki(key.mki) {
        set_suite(key.suite, policy);
        if (!key.srtcp_encrypted) policy.rtcp.sec_serv = sec_serv_auth; // UNENCRYPTED_SRTCP
        policy.ssrc.type = direction == SrtpDirection::Inbound ? ssrc_any_inbound : ssrc_any_outbound;
        policy.window_size = 1024;
        policy.key = key_and_salt.data();
        if (mki.empty()) return;
        master = {key_and_salt.data(), mki.data(), static_cast<unsigned>(mki.size())};
        policy.key = nullptr;
        policy.keys = &list;
        policy.num_master_keys = 1;
    }

    Bytes key_and_salt, mki;
    srtp_master_key_t master{};
    srtp_master_key_t* list = &master;
    srtp_policy_t policy{};
};

SrtpVerdict verdict(srtp_err_status_t status) noexcept {
    // Only what these functions return matters here: the enumeration is libsrtp's and will grow.
    if (status == srtp_err_status_ok) return SrtpVerdict::Good;
    if (status == srtp_err_status_replay_fail || status == srtp_err_status_replay_old)
        return SrtpVerdict::Replayed;
    if (status == srtp_err_status_auth_fail || status == srtp_err_status_bad_mki) return SrtpVerdict::Forged;
    return SrtpVerdict::Bad;
}

} // namespace

SrtpLibrary::SrtpLibrary() {
    if (srtp_init() != srtp_err_status_ok) throw std::runtime_error("libsrtp2 could not be initialised");
    if (const auto installed = install_evp_types(); !installed)
        throw std::runtime_error(installed.error().message);
}

SrtpLibrary::~SrtpLibrary() { srtp_shutdown(); }

Result<SrtpSession> SrtpSession::create(const SrtpLibrary&, SrtpDirection direction, const SrtpKey& key) {
    Policy policy(direction, key);
    srtp_t raw = nullptr;
    if (const auto status = srtp_create(&raw, &policy.policy); status != srtp_err_status_ok)
        return srtp_error("creating an SRTP session", status);
    return SrtpSession(raw, direction, !key.mki.empty());
}

Status SrtpSession::rekey(const SrtpKey& key) {
    Policy policy(direction_, key);
    if (const auto status = srtp_update(session_.get(), &policy.policy); status != srtp_err_status_ok)
        return srtp_error("changing an SRTP key", status);
    mki_ = !key.mki.empty();
    return Done{};
}

Result<std::size_t> SrtpSession::keep_counters(const SrtpSession& before, const SrtpKey& key,
                                               std::span<const std::uint32_t> ssrcs) {
    std::size_t kept = 0;
    for (const std::uint32_t ssrc : ssrcs) {
        std::uint32_t roc = 0;
        if (srtp_get_stream_roc(before.session_.get(), ssrc, &roc) != srtp_err_status_ok || roc == 0)
            continue;
        if (auto set = set_counter(key, ssrc, roc); !set) return set.error();
        ++kept;
    }
    return kept;
}

Status SrtpSession::advance_counter(const SrtpSession& before, const SrtpKey& key, std::uint32_t ssrc,
                                    std::uint32_t by) {
    std::uint32_t roc = 0;
    if (const auto status = srtp_get_stream_roc(before.session_.get(), ssrc, &roc);
        status != srtp_err_status_ok)
        return srtp_error("reading an SRTP counter", status);
    return set_counter(key, ssrc, roc + by);
}

Status SrtpSession::set_counter(const SrtpKey& key, std::uint32_t ssrc, std::uint32_t roc) {
    Policy policy(direction_, key);
    policy.policy.ssrc = {ssrc_specific, ssrc};
    auto status = srtp_add_stream(session_.get(), &policy.policy);
    if (status == srtp_err_status_ok) status = srtp_set_stream_roc(session_.get(), ssrc, roc);
    if (status != srtp_err_status_ok) return srtp_error("setting an SRTP counter", status);
    return Done{};
}

SrtpVerdict SrtpSession::protect(std::span<std::uint8_t> buffer, std::size_t& size) noexcept {
    if (buffer.size() < size + kTrailerRoom) return SrtpVerdict::Bad;
    int length = static_cast<int>(size);
    const auto status = srtp_protect_mki(session_.get(), buffer.data(), &length, mki_ ? 1 : 0, 0);
    size = static_cast<std::size_t>(length);
    return verdict(status);
}

SrtpVerdict SrtpSession::protect_rtcp(std::span<std::uint8_t> buffer, std::size_t& size) noexcept {
    if (buffer.size() < size + kTrailerRoom) return SrtpVerdict::Bad;
    int length = static_cast<int>(size);
    const auto status = srtp_protect_rtcp_mki(session_.get(), buffer.data(), &length, mki_ ? 1 : 0, 0);
    size = static_cast<std::size_t>(length);
    return verdict(status);
}

SrtpVerdict SrtpSession::unprotect(std::span<std::uint8_t> packet, std::size_t& size) noexcept {
    int length = static_cast<int>(packet.size());
    const auto status = srtp_unprotect_mki(session_.get(), packet.data(), &length, mki_ ? 1 : 0);
    if (status == srtp_err_status_ok) size = static_cast<std::size_t>(length);
    return verdict(status);
}

SrtpVerdict SrtpSession::unprotect_rtcp(std::span<std::uint8_t> packet, std::size_t& size) noexcept {
    int length = static_cast<int>(packet.size());
    const auto status = srtp_unprotect_rtcp_mki(session_.get(), packet.data(), &length, mki_ ? 1 : 0);
    if (status == srtp_err_status_ok) size = static_cast<std::size_t>(length);
    return verdict(status);
}

} // namespace wakeline::media

// SPDX-License-Identifier: Apache-2.0
#include "media/srtp_receiver.h"

#include <utility>

#include "media/rtp.h"

namespace wakeline::media {

namespace {

constexpr std::uint32_t kMostRounds = 2; // 44 minutes of audio

} // namespace

Result<SrtpReceiver> SrtpReceiver::create(const SrtpLibrary& library, const SrtpKey& key) {
    auto session = SrtpSession::create(library, SrtpDirection::Inbound, key);
    if (!session) return session.error();
    return SrtpReceiver(*std::move(session));
}

Status SrtpReceiver::rekey(const SrtpLibrary& library, const SrtpKey& key,
                           std::span<const std::uint32_t> ssrcs, net::TimePoint now) {
    auto next = SrtpSession::create(library, SrtpDirection::Inbound, key);
    if (!next) return next.error();
    auto kept = next->keep_counters(current_, key, ssrcs);
    if (!kept) return kept.error();
    begun_anew_.reset();
    if (*kept > 0) {
        auto anew = SrtpSession::create(library, SrtpDirection::Inbound, key);
        if (!anew) return anew.error();
        begun_anew_.emplace(*std::move(anew));
    }
    previous_.emplace(std::exchange(current_, *std::move(next)));
    overlap_end_ = now + kOverlap;
    return Done{};
}

SrtpVerdict SrtpReceiver::unprotect(std::span<std::uint8_t> packet, std::size_t& size,
                                    net::TimePoint now) noexcept {
    const auto verdict = current_.unprotect(packet, size);
    if (verdict != SrtpVerdict::Forged || !previous_) return verdict;
    return with_others(now, [&](SrtpSession& session) { return session.unprotect(packet, size); });
}

SrtpVerdict SrtpReceiver::unprotect_rtcp(std::span<std::uint8_t> packet, std::size_t& size,
                                         net::TimePoint now) noexcept {
    const auto verdict = current_.unprotect_rtcp(packet, size);
    if (verdict != SrtpVerdict::Forged || !previous_) return verdict;
    return with_others(now, [&](SrtpSession& session) { return session.unprotect_rtcp(packet, size); });
}

SrtpVerdict SrtpReceiver::catch_up(const SrtpLibrary& library, const SrtpKey& key,
                                   std::span<std::uint8_t> packet, std::size_t& size) {
    const auto header = RtpHeader::read(packet.first(size));
    if (!header) return SrtpVerdict::Bad;
    for (std::uint32_t rounds = 1; rounds <= kMostRounds; ++rounds) {
        auto ahead = SrtpSession::create(library, SrtpDirection::Inbound, key);
        if (!ahead || !ahead->advance_counter(current_, key, header->ssrc, rounds)) break;
        if (ahead->unprotect(packet, size) != SrtpVerdict::Good) continue;
        current_ = *std::move(ahead);
        return SrtpVerdict::Good;
    }
    return SrtpVerdict::Forged;
}

template <class Unprotect>
SrtpVerdict SrtpReceiver::with_others(net::TimePoint now, Unprotect unprotect) noexcept {
    if (now > overlap_end_) {
        previous_.reset();
        begun_anew_.reset();
        return SrtpVerdict::Forged;
    }
    if (begun_anew_ && unprotect(*begun_anew_) == SrtpVerdict::Good) {
        current_ = *std::exchange(begun_anew_, std::nullopt);
        return SrtpVerdict::Good;
    }
    return unprotect(*previous_);
}

} // namespace wakeline::media

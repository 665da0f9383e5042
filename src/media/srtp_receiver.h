// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "media/srtp_session.h"
#include "net/timer.h"

namespace wakeline::media {

/// What decrypts a peer's packets, over changes of its key. For a while after a change it takes packets under
/// the old key, which are still on their way, and under the new one with the roll-over counter kept, as RFC
/// 3711 section 3.3.1 wants, or begun anew, as phones with "reset SRTP context upon key change" do.
class SrtpReceiver {
public:
    static constexpr net::Duration kOverlap = std::chrono::seconds(5);

    static Result<SrtpReceiver> create(const SrtpLibrary& library, const SrtpKey& key);

    /// `ssrcs`: those that have been heard, whose counters go on.
    Status rekey(const SrtpLibrary& library, const SrtpKey& key, std::span<const std::uint32_t> ssrcs,
                 net::TimePoint now);

    /// Decrypts in place. A packet that is not Good is left as it was.
    SrtpVerdict unprotect(std::span<std::uint8_t> packet, std::size_t& size, net::TimePoint now) noexcept;
    SrtpVerdict unprotect_rtcp(std::span<std::uint8_t> packet, std::size_t& size,
                               net::TimePoint now) noexcept;

private:
    explicit SrtpReceiver(SrtpSession session) : current_(std::move(session)) {}
    template <class Unprotect>
    SrtpVerdict with_others(net::TimePoint now, Unprotect unprotect) noexcept;

    SrtpSession current_;
    std::optional<SrtpSession> previous_, begun_anew_;
    net::TimePoint overlap_end_{};
};

} // namespace wakeline::media

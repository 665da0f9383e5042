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

    void expect() const noexcept { current_.expect(); }
    /// Decrypts in place. A packet that is not Good is left as it was.
    SrtpVerdict unprotect(std::span<std::uint8_t> packet, std::size_t& size, net::TimePoint now) noexcept;
    SrtpVerdict unprotect_rtcp(std::span<std::uint8_t> packet, std::size_t& size,
                               net::TimePoint now) noexcept;

    /// After a long silence: the peer may have counted on, and more than half a round of sequence numbers is
    /// more than RFC 3711 section 3.3.1 can guess. Tries a packet that seemed forged with the next roll-over
    /// counts, and goes on from there if one is right. Never an earlier one: old packets would be good again.
    SrtpVerdict catch_up(const SrtpLibrary& library, const SrtpKey& key, std::span<std::uint8_t> packet,
                         std::size_t& size);

private:
    explicit SrtpReceiver(SrtpSession session) : current_(std::move(session)) {}
    template <class Unprotect>
    SrtpVerdict with_others(net::TimePoint now, Unprotect unprotect) noexcept;

    SrtpSession current_;
    std::optional<SrtpSession> previous_, begun_anew_;
    net::TimePoint overlap_end_{};
};

} // namespace wakeline::media

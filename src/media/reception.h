// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "media/media_sessions.h"
#include "media/rtp.h"
#include "net/timer.h"

namespace wakeline::media {

/// What arrives from one side of a stream, counted as RFC 3550 appendix A does: loss from sequence numbers,
/// jitter as its smoothed variation. A new SSRC, or a leap in the numbers, starts a new count and keeps the
/// old sum.
class Reception {
public:
    void packet(const RtpHeader& header, std::size_t size, std::uint32_t clock_hz,
                net::TimePoint arrival) noexcept;

    std::uint32_t ssrc() const noexcept { return ssrc_; }
    std::uint64_t packets() const noexcept { return packets_; }
    net::TimePoint last_arrival() const noexcept { return last_arrival_; }
    DirectionStats stats() const;

private:
    void restart(const RtpHeader& header) noexcept;
    void update_jitter(const RtpHeader& header, std::uint32_t clock_hz, net::TimePoint arrival) noexcept;
    std::uint64_t lost_now() const noexcept;

    std::uint64_t packets_ = 0, octets_ = 0, lost_before_ = 0, received_ = 0;
    std::uint32_t ssrc_ = 0, highest_ = 0, base_ = 0; // extended sequence numbers
    std::uint32_t last_timestamp_ = 0;
    net::TimePoint last_arrival_{};
    double jitter_ms_ = 0;
    bool started_ = false;
};

} // namespace wakeline::media

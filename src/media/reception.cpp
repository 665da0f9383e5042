// SPDX-License-Identifier: Apache-2.0
#include "media/reception.h"

#include <cmath>

namespace wakeline::media {

namespace {

/// RFC 3550 appendix A.1: a gap of more than this is a sender that began anew.
constexpr std::uint16_t kMaxDropout = 3'000;
constexpr std::uint16_t kMaxMisorder = 100;

} // namespace

void Reception::packet(const RtpHeader& header, std::size_t size, std::uint32_t clock_hz,
                       net::TimePoint arrival) noexcept {
    const auto ahead = static_cast<std::uint16_t>(header.sequence - static_cast<std::uint16_t>(highest_));
    const bool late = ahead >= 65'536 - kMaxMisorder;
    if (!started_ || header.ssrc != ssrc_ || (ahead > kMaxDropout && !late))
        restart(header);
    else if (ahead <= kMaxDropout)
        highest_ += ahead;
    if (received_ > 0 && !late) update_jitter(header, clock_hz, arrival);
    if (!late) {
        last_timestamp_ = header.timestamp;
        last_arrival_ = arrival;
    }
    ++received_;
    ++packets_;
    octets_ += size;
}

void Reception::restart(const RtpHeader& header) noexcept {
    lost_before_ += lost_now();
    ssrc_ = header.ssrc;
    base_ = highest_ = 65'536u + header.sequence; // one cycle of room for packets that come late
    received_ = 0;
    started_ = true;
}

/// RFC 3550 appendix A.8, in milliseconds. Both clocks wrap or start anywhere; only differences count.
void Reception::update_jitter(const RtpHeader& header, std::uint32_t clock_hz,
                              net::TimePoint arrival) noexcept {
    const std::chrono::duration<double, std::milli> passed = arrival - last_arrival_;
    const auto ticks = static_cast<std::int32_t>(header.timestamp - last_timestamp_);
    const double deviation = std::abs(passed.count() - ticks * 1'000.0 / clock_hz);
    if (deviation > 5'000) return; // a pause or another source behind the same SSRC, not the network
    jitter_ms_ += (deviation - jitter_ms_) / 16;
}

std::uint64_t Reception::lost_now() const noexcept {
    if (!started_) return 0;
    const std::uint64_t expected = std::uint64_t{highest_} - base_ + 1;
    return expected > received_ ? expected - received_ : 0; // duplicates can make it less than none
}

DirectionStats Reception::stats() const {
    DirectionStats stats;
    stats.packets = packets_;
    stats.octets = octets_;
    stats.lost = lost_before_ + lost_now();
    stats.jitter_ms = jitter_ms_;
    return stats;
}

} // namespace wakeline::media

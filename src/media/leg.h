// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bitset>
#include <optional>
#include <vector>

#include "media/flow_table.h"
#include "media/reception.h"
#include "media/srtp_receiver.h"
#include "media/stream_plan.h"

namespace wakeline::media {

struct Stream;

/// A source that may become a flow's remote address when it goes on as it began.
struct Probation {
    FlowKey source;
    std::uint32_t ssrc = 0;
    std::uint16_t next_sequence = 0;
    std::uint8_t packets = 0;
};

/// RTP or RTCP of one leg: our socket, and who is at the other end.
struct Flow {
    explicit Flow(SocketId local = 0) : socket(local) {}

    SocketId socket;
    net::SocketAddress named;  // by the last SDP that named one
    net::SocketAddress remote; // where packets go; not valid: nowhere yet
    FlowKey key;               // the source whose packets are this flow's, when `in_table`
    bool in_table = false;
    bool joined = false; // packets from there have come, and passed the rules
    net::TimePoint moved{};
    std::array<Probation, 2> probations{}; // two, so that one stray source cannot hold up the right one
};

/// SSRCs that a context has seen. Each costs memory in libsrtp, and a peer may send any number.
class SsrcSet {
public:
    static constexpr std::size_t kMost = 32;

    bool admit(std::uint32_t ssrc) noexcept {
        const auto end = ssrcs_.begin() + size_;
        if (std::find(ssrcs_.begin(), end, ssrc) != end) return true;
        if (size_ == kMost) return false;
        ssrcs_[size_++] = ssrc;
        return true;
    }
    bool contains(std::uint32_t ssrc) const noexcept {
        const auto end = ssrcs_.begin() + size_;
        return std::find(ssrcs_.begin(), end, ssrc) != end;
    }
    bool full() const noexcept { return size_ == kMost; }
    std::span<const std::uint32_t> all() const noexcept { return {ssrcs_.data(), size_}; }

private:
    std::array<std::uint32_t, kMost> ssrcs_{};
    std::uint8_t size_ = 0;
};

/// One side of a stream, as the packets see it.
struct Leg {
    Stream* stream = nullptr;
    MediaSide side = MediaSide::Phone;
    LegPlan plan;
    Flow rtp, rtcp;
    std::optional<SrtpReceiver> inbound;
    std::optional<SrtpSession> outbound;
    SsrcSet heard, sent;
    net::TimePoint window_end{}; // until then a plain source other than the SDP's may join
    Reception reception;
    std::uint64_t rtcp_packets = 0, rtcp_octets = 0, rtcp_refused = 0, forged = 0, dropped = 0;

    net::TimePoint checked{};  // the last ICE check that was good
    bool consent_lost = false; // nothing more is sent until something comes (RFC 7675 section 5.1)

    bool secure() const noexcept { return inbound.has_value(); }
    /// Its keys are still to come from a handshake: nothing passes, least of all in clear.
    bool awaits_keys() const noexcept { return plan.dtls && !inbound; }
    /// c=0.0.0.0 says no, unless checks say where to.
    bool may_send() const noexcept {
        return (plan.rtp.valid() || plan.ice) && !consent_lost && !awaits_keys();
    }
};

/// An m= line in use. Closed ones stay for a while, so that their late packets reach nobody else.
struct Stream {
    MediaId session = 0;
    StreamPlan plan; // its legs' plans are in the legs
    std::array<Leg, 2> legs;
    std::bitset<128> payload_types;
    bool active = true; // of several forks, this one has the trunk side
    bool closed = false;
    net::TimePoint last_packet{};

    Leg& leg(MediaSide side) { return legs[static_cast<std::size_t>(side)]; }
    const Leg& leg(MediaSide side) const { return legs[static_cast<std::size_t>(side)]; }
    Leg& far(const Leg& near) { return leg(other(near.side)); }
    std::uint32_t clock_of(std::uint8_t payload_type) const noexcept {
        for (const PayloadFormat& format : plan.payloads)
            if (format.type == payload_type) return format.clock_hz;
        return 8'000;
    }
};

} // namespace wakeline::media

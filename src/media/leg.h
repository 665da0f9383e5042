// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bitset>
#include <optional>
#include <string>
#include <vector>

#include "media/flow_table.h"
#include "media/reception.h"
#include "media/srtp_receiver.h"
#include "media/stream_plan.h"

namespace wakeline::media {

struct Stream;

struct PayloadClock {
    std::uint8_t type;
    std::uint32_t hz;
};

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
    bool in_table = false;
    bool joined = false;       // packets from there have come, and passed the rules
    net::SocketAddress remote; // where packets go; not valid: nowhere yet
    FlowKey key;               // the source whose packets are this flow's, when `in_table`
    net::SocketAddress named;  // by the last SDP that named one
    net::TimePoint moved{};
    std::array<Probation, 2> probations{}; // two, so that one stray source cannot hold up the right one
};

/// SSRCs that a context has seen. Each costs memory in libsrtp, and a peer may send any number.
class SsrcSet {
public:
    static constexpr std::size_t kMost = 32;

    /// Allocates for one that is new.
    bool admit(std::uint32_t ssrc) {
        if (contains(ssrc)) return true;
        if (full()) return false;
        ssrcs_.push_back(ssrc);
        last_ = ssrc;
        return true;
    }
    bool contains(std::uint32_t ssrc) const noexcept {
        if (ssrc == last_ && !ssrcs_.empty()) return true;
        return std::find(ssrcs_.begin(), ssrcs_.end(), ssrc) != ssrcs_.end();
    }
    bool full() const noexcept { return ssrcs_.size() == kMost; }
    std::span<const std::uint32_t> all() const noexcept { return ssrcs_; }

private:
    std::uint32_t last_ = 0; // the newest, which nearly every packet has
    std::vector<std::uint32_t> ssrcs_;
};

/// One side of a stream, as the packets see it. What every packet needs comes first: with many calls it is
/// memory that relaying waits for.
struct alignas(64) Leg {
    Stream* stream = nullptr;
    MediaId inner = 0; // of the plan
    MediaSide side = MediaSide::Phone;
    bool rtcp_mux = false;     // of the plan
    bool destined = false;     // the plan says where to: c=0.0.0.0 does not, but ICE checks do
    bool keyed_later = false;  // by a handshake
    bool consent_lost = false; // nothing more is sent until something comes (RFC 7675 section 5.1)
    std::optional<SrtpSession> outbound;
    Reception reception;
    Flow rtp;
    SsrcSet heard, sent;
    std::optional<SrtpReceiver> inbound;
    std::uint64_t dropped = 0;

    LegPlan plan;
    Flow rtcp;
    net::TimePoint window_end{}; // until then a plain source other than the SDP's may join
    net::TimePoint checked{};    // the last ICE check that was good
    net::TimePoint caught_up{};  // the last time that a lost roll-over count was looked for
    std::uint64_t rtcp_packets = 0, rtcp_octets = 0, rtcp_refused = 0, forged = 0;

    void agree(LegPlan agreed) {
        plan = std::move(agreed);
        inner = plan.inner;
        rtcp_mux = plan.rtcp_mux;
        destined = plan.rtp.valid() || plan.ice;
        keyed_later = plan.dtls.has_value();
    }
    bool secure() const noexcept { return inbound.has_value(); }
    /// Its keys are still to come from a handshake: nothing passes, least of all in clear.
    bool awaits_keys() const noexcept { return keyed_later && !inbound; }
    bool may_send() const noexcept { return destined && !consent_lost && !awaits_keys(); }
    /// A packet will need it soon.
    void expect() const noexcept {
        constexpr std::size_t kLine = 64, kHot = 448; // as far as `dropped`
        for (std::size_t at = 0; at < kHot; at += kLine)
            __builtin_prefetch(reinterpret_cast<const char*>(this) + at, 1);
    }
};

/// An m= line in use. Closed ones stay for a while, so that their late packets reach nobody else.
struct Stream {
    net::TimePoint last_packet{};
    bool active = true; // of several forks, this one has the trunk side
    bool closed = false;
    bool two_way = true; // nobody is on hold: silence means something
    MediaKind kind = MediaKind::Audio;
    std::size_t index = 0; // of the m= line
    MediaId session = 0;
    std::bitset<128> payload_types;
    std::vector<PayloadClock> clocks; // those that are not 8 kHz
    std::array<Leg, 2> legs;
    std::string codec;

    /// A packet of it will be looked at soon.
    void expect() const noexcept {
        __builtin_prefetch(this, 1);
        for (const Leg& its : legs)
            its.expect();
    }
    /// And then what its legs lead to.
    void expect_keys() const noexcept {
        for (const Leg& its : legs) {
            if (its.inbound) its.inbound->expect();
            if (its.outbound) its.outbound->expect();
        }
    }
    Leg& leg(MediaSide which) { return legs[static_cast<std::size_t>(which)]; }
    const Leg& leg(MediaSide which) const { return legs[static_cast<std::size_t>(which)]; }
    Leg& far(const Leg& near) { return leg(other(near.side)); }
    std::uint32_t clock_of(std::uint8_t payload_type) const noexcept {
        for (const PayloadClock& clock : clocks)
            if (clock.type == payload_type) return clock.hz;
        return kUsualClock;
    }
    void set_payloads(const std::vector<PayloadFormat>& payloads) {
        payload_types.reset();
        clocks.clear();
        for (const PayloadFormat& format : payloads) {
            payload_types.set(format.type & 0x7f);
            if (format.clock_hz != kUsualClock) clocks.push_back({format.type, format.clock_hz});
        }
    }

private:
    static constexpr std::uint32_t kUsualClock = 8'000;
};

} // namespace wakeline::media

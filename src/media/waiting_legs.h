// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <unordered_map>
#include <vector>

#include "media/leg.h"

namespace wakeline::media {

/// A few legs, without allocation.
class LegList {
public:
    static constexpr std::size_t kMost = 16; // tried for one packet

    void add(Leg& leg) noexcept {
        const bool known = std::find(begin(), end(), &leg) != end();
        if (!known && size_ < kMost) legs_[size_++] = &leg;
    }
    Leg* const* begin() const noexcept { return legs_.data(); }
    Leg* const* end() const noexcept { return legs_.data() + size_; }
    std::size_t size() const noexcept { return size_; }
    bool full() const noexcept { return size_ == kMost; }

private:
    std::array<Leg*, kMost> legs_{};
    std::size_t size_ = 0;
};

/// Legs whose remote address is not proved yet, for one kind of flow (RTP or RTCP), found by what an unknown
/// packet shows: its SSRC and its source address.
class WaitingLegs {
public:
    enum class Kind : std::uint8_t { Rtp, Rtcp };
    explicit WaitingLegs(Kind kind) : kind_(kind) {}

    /// Under the addresses in its plan. Again: as if it had just begun.
    void add(Leg& leg);
    void remove(const Leg& leg);
    bool contains(const Leg& leg) const { return entries_.contains(&leg); }

    /// An SSRC that this leg's peer uses; kept also when the leg waits no more, so that a peer that moves is
    /// found.
    void know(std::uint32_t ssrc, Leg& leg);
    void forget_ssrcs(const Leg& leg);

    /// Secure legs whose peer uses this SSRC, waiting or not, on any socket.
    LegList speakers(std::uint32_t ssrc) const;
    /// Secure legs that wait for this source's address: those that named its port, then some of all, which
    /// differ by `turn` when they are many.
    LegList likely(const FlowKey& source, std::uint16_t turn) const;
    /// Some of all that wait, newest first; the next call goes on where this one stopped.
    LegList others(const FlowKey& source);

    /// How well a plain packet's source fits a leg.
    enum class Fit : std::uint8_t { SignalledExact, Exact, SamePort, SameAddress };
    struct PlainMatch {
        Leg* leg = nullptr; // none: nobody waits for it, or more than one might
        Fit fit = Fit::SameAddress;
        bool exact() const noexcept { return fit <= Fit::Exact; }
    };
    PlainMatch plain(const FlowKey& source) const;
    /// The plain leg whose peer has this SSRC and, for RTP, sends from that very address.
    Leg* speaker(const FlowKey& source, std::uint32_t ssrc) const;

private:
    using Ip = std::array<std::uint8_t, 16>;
    struct Entry {
        std::vector<std::multimap<Ip, Leg*>::iterator> addresses;
        std::list<Leg*>::iterator place;
    };

    const Flow& flow(const Leg& leg) const { return kind_ == Kind::Rtp ? leg.rtp : leg.rtcp; }
    const net::SocketAddress& expected(const Leg& leg) const {
        return kind_ == Kind::Rtp ? leg.plan.rtp : leg.plan.rtcp;
    }
    bool on_socket(const Leg& leg, const FlowKey& source) const { return flow(leg).socket == source.socket; }
    Fit fit(const Leg& leg, const FlowKey& source) const;

    Kind kind_;
    std::multimap<Ip, Leg*> by_ip_;
    std::unordered_multimap<std::uint32_t, Leg*> by_ssrc_;
    std::unordered_map<const Leg*, std::vector<std::uint32_t>> ssrcs_;
    std::list<Leg*> untried_; // newest first; those that `others` has given stand behind
    std::unordered_map<const Leg*, Entry> entries_;
};

} // namespace wakeline::media

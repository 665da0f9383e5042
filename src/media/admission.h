// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "media/media_metrics.h"
#include "media/packet.h"
#include "media/source_budget.h"
#include "media/waiting_legs.h"

namespace wakeline::media {

/// Which leg a packet belongs to. The exact source address of a flow that was proved before decides at once.
/// Anyone else must prove to belong:
///  - SRTP and SRTCP by a tag that is good under a leg's key (two, one after the other, where the tag has 32
///  bits).
///    A stream that is up moves with such a packet, at most once a second.
///  - Plain RTP by coming from the very address of a credible SDP; or, within a short time after the SDP,
///  from the
///    address that signals (or the SDP's, with another port), with a negotiated payload type, one SSRC and
///    consecutive sequence numbers, and only if no other leg could mean the same source. Then it is locked
///    until the next SDP.
///  - Plain RTCP like RTP's exact case, or from RTP's address with RTP's SSRC.
/// Nothing is ever sent to a source because it sent.
class Admission {
public:
    using Forbidden = std::function<bool(const net::SocketAddress&)>;

    Admission(MediaMetrics& metrics, Forbidden forbidden);

    /// A leg begins, or its plan has changed. An address that its SDP names anew is waited for.
    void open(Leg& leg, net::TimePoint now);
    /// The leg's side belongs to another fork: its packets are not looked for until it is opened again.
    void suspend(Leg& leg);
    /// The stream has ended. Its packets are still recognised, so that nobody else gets them.
    void linger(Leg& leg);
    /// Forgets the leg.
    void close(Leg& leg);
    /// So that no join has to make room.
    void reserve(std::size_t legs) { flows_.reserve(2 * legs); }

    Leg* known(const FlowKey& source) const noexcept { return flows_.find(source); }
    /// `known` will be asked soon.
    void expect(const FlowKey& source) const noexcept { flows_.expect(source); }
    /// A good packet came on a flow that is `known`.
    void confirm(Leg& leg, Flow& flow, std::uint32_t ssrc);
    /// The packet's source has proved to be the flow's other end by something else than RTP. False: nothing
    /// may be sent there.
    bool prove(Leg& leg, Flow& flow, const Packet& packet, net::TimePoint now);
    /// For packets of no live flow, or whose key is not its flow's. Returns the leg with the packet
    /// decrypted.
    Leg* admit_rtp(Packet& packet, const FlowKey& source, const RtpHeader& header, net::TimePoint now);
    Leg* admit_rtcp(Packet& packet, const FlowKey& source, net::TimePoint now);

private:
    WaitingLegs& waiting(const Leg& leg, const Flow& flow) {
        return &flow == &leg.rtp ? waiting_rtp_ : waiting_rtcp_;
    }
    void expect(Leg& leg, Flow& flow, const net::SocketAddress& named);
    void enlist(Leg& leg, Flow& flow);
    void detach(Leg& leg, Flow& flow) noexcept;
    /// False: that source may not be a destination.
    bool settle(Leg& leg, Flow& flow, const Packet& packet, const FlowKey& source, net::TimePoint now);
    bool settle_by_key(Leg& leg, Flow& flow, const Packet& packet, const FlowKey& source, net::TimePoint now);
    Leg* refuse();
    template <class Fits, class Try>
    Leg* by_key(const FlowKey& source, std::uint32_t ssrc, std::uint16_t turn, WaitingLegs& waiting,
                net::TimePoint now, Fits fits, Try good);
    Leg* by_rtp_key(Packet& packet, const FlowKey& source, const RtpHeader& header, net::TimePoint now);
    Leg* by_rtcp_key(Packet& packet, const FlowKey& source, net::TimePoint now);
    Leg* plain_rtp(Packet& packet, const FlowKey& source, const RtpHeader& header, net::TimePoint now);
    Leg* plain_rtcp(Packet& packet, const FlowKey& source, net::TimePoint now);

    MediaMetrics& metrics_;
    Forbidden forbidden_;
    FlowTable flows_;
    WaitingLegs waiting_rtp_{WaitingLegs::Kind::Rtp}, waiting_rtcp_{WaitingLegs::Kind::Rtcp};
    SourceBudget budget_;
    std::uint16_t rtcp_turn_ = 0; // RTCP shows no number of its own
};

} // namespace wakeline::media

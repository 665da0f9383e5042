// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/flow_table.h"
#include "media/packet.h"
#include "media/stream_plan.h"
#include "net/timer.h"

namespace wakeline::media {

/// Takes what comes to the media ports and is not RTP: STUN and DTLS (RFC 7983). Called on the media thread
/// for each such packet, from whoever sent it: it must be cheap to refuse. It may change the packet in place
/// and send it with `Packet::answer` or `Packet::send_to`; otherwise it goes nowhere. A source that proved
/// itself by a check becomes a leg's with `Relay::prove`.
class PortSharer {
public:
    virtual void on_stun(Packet& packet, const FlowKey& source, net::TimePoint now) = 0;
    virtual void on_dtls(Packet& packet, const FlowKey& source, net::TimePoint now) = 0;

    /// The streams of a session are these from now on; after they have changed in the relay.
    virtual void on_streams(MediaId, const std::vector<StreamPlan>&, net::TimePoint) {}
    virtual void on_closed(MediaId) {}

protected:
    ~PortSharer() = default;
};

} // namespace wakeline::media

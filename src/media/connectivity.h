// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "media/dtls_handshakes.h"
#include "media/ice_lite.h"
#include "media/port_sharer.h"

namespace wakeline::media {

/// What shares the media ports with RTP, on one media thread: connectivity checks of ICE, which prove and
/// choose the addresses of legs, and DTLS.
class Connectivity final : public PortSharer {
public:
    Connectivity(DtlsHandshakes::Ground ground, MediaMetrics& metrics, DtlsThread& thread);

    void on_stun(Packet& packet, const FlowKey& source, net::TimePoint now) override;
    void on_dtls(Packet& packet, const FlowKey& source, net::TimePoint now) override;
    void on_streams(MediaId id, const std::vector<StreamPlan>& streams, net::TimePoint now) override;
    void on_closed(MediaId id) override;

private:
    struct Checked {
        LegId leg;
        IcePlan plan;
    };

    void answer_check(Packet& packet, const FlowKey& source, const StunMessage& request, net::TimePoint now);
    void answer_keepalive(Packet& packet, const FlowKey& source, const StunMessage& request);
    void apply(const Checked& checked, IceCheck::Verdict verdict, Packet& packet, const FlowKey& source,
               net::TimePoint now);
    void expect(const LegId& leg, const IcePlan& plan);
    void forget(MediaId id, const std::vector<StreamPlan>& but);

    Relay& relay_;
    MediaMetrics& metrics_;
    DtlsHandshakes dtls_;
    std::map<std::string, Checked, std::less<>> by_ufrag_;
    /// What a leg is checked by: its ufrag, and the one before a restart, whose pair serves until the new one
    /// is nominated (RFC 8445 section 9).
    std::map<LegId, std::array<std::string, 2>> ufrags_;
};

} // namespace wakeline::media

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>

#include "media/leg_security.h"
#include "media/ports.h"
#include "media/stream_plan.h"

namespace wakeline::media {

/// What a stream keeps on one side for the life of the session: keys and ports, once told, stay, so that a
/// re-offer changes only what a peer changes.
class NegotiatedLeg {
public:
    /// Of its last answered use.
    std::optional<RtpProfile> agreed;
    std::optional<SrtpSuite> agreed_suite;
    bool agreed_dtls = false;
    bool rtcp_mux = false;

    Result<LocalPorts> ports(Ports& from, MediaSide side, MediaKind kind, bool secure);
    void give_back(Ports& to) const;
    const SrtpKey& key(SrtpSuite suite, bool srtcp_encrypted);

    bool uses_ice() const noexcept { return ice_.has_value(); }
    /// ICE with a peer who says that of himself; other credentials than before are a restart, which changes
    /// ours too (RFC 8445 section 9).
    IcePlan ice_with(const IceCredentials& theirs) const;
    /// To be offered: those in use, or the first.
    IceCredentials ice_to_offer() const;
    void agree_ice(const std::optional<IcePlan>& plan) { ice_ = plan; }

    /// The role in the handshake stays with the association (RFC 8842 section 5.3).
    DtlsPlan dtls_with(DtlsPlan plan, DtlsSetup theirs) const;
    void agree_dtls(const std::optional<DtlsPlan>& plan);

private:
    std::optional<LocalPorts> plain_, secure_;
    std::map<SrtpSuite, SrtpKey> keys_; // ours
    std::optional<IcePlan> ice_;
    std::optional<DtlsPlan> dtls_;
};

} // namespace wakeline::media

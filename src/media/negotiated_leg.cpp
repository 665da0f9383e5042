// SPDX-License-Identifier: Apache-2.0
#include "media/negotiated_leg.h"

namespace wakeline::media {

Result<LocalPorts> NegotiatedLeg::ports(Ports& from, MediaSide side, MediaKind kind, bool secure) {
    auto& kept = secure ? secure_ : plain_;
    if (kept) return *kept;
    auto ports = from.acquire(side, kind, secure);
    if (ports) kept = *ports;
    return ports;
}

void NegotiatedLeg::give_back(Ports& to) const {
    for (const auto* held : {&plain_, &secure_})
        if (*held) to.release(**held);
}

const SrtpKey& NegotiatedLeg::key(SrtpSuite suite, bool srtcp_encrypted) {
    const auto at = keys_.find(suite);
    if (at != keys_.end()) return at->second;
    return keys_.emplace(suite, SrtpKey::random(suite, srtcp_encrypted)).first->second;
}

IcePlan NegotiatedLeg::ice_with(const IceCredentials& theirs) const {
    if (ice_ && ice_->their_ufrag == theirs.ufrag) return *ice_;
    return {IceCredentials::random(), theirs.ufrag};
}

IceCredentials NegotiatedLeg::ice_to_offer() const { return ice_ ? ice_->ours : IceCredentials::random(); }

DtlsPlan NegotiatedLeg::dtls_with(DtlsPlan plan, DtlsSetup theirs) const {
    const bool same = dtls_ && dtls_->theirs == plan.theirs && dtls_->tls_id == plan.tls_id;
    if (same && theirs == DtlsSetup::ActPass) plan.client = dtls_->client;
    return plan;
}

void NegotiatedLeg::agree_dtls(const std::optional<DtlsPlan>& plan) {
    agreed_dtls = plan.has_value();
    dtls_ = plan;
}

} // namespace wakeline::media

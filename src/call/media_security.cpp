// SPDX-License-Identifier: Apache-2.0
#include "call/media_security.h"

namespace wakeline::call {

std::string_view media_security(const CallConfig& config, sip::Side reader, const OfferAnswer& media,
                                std::string_view sdp) {
    if (!config.indicate_security || reader != sip::Side::Access) return {};
    if (sdp.find("\na=crypto:") == sdp.npos && sdp.find("\na=fingerprint:") == sdp.npos) return {};
    const std::string far = media.security(media::MediaSide::Trunk);
    if (far.empty()) return {};
    return far.find("RTP") == far.npos ? "end-to-end" : "this-leg-only";
}

void tell_security(const CallConfig& config, sip::Side reader, const OfferAnswer& media, std::string_view sdp,
                   sip::Builder& message) {
    const std::string_view told = media_security(config, reader, media, sdp);
    if (!told.empty()) message.set("Media-Security", std::string(told));
}

} // namespace wakeline::call

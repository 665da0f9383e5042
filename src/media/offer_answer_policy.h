// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "media/config.h"
#include "media/leg_security.h"
#include "media/media_layout.h"
#include "media/media_sessions.h"

namespace wakeline::media {

inline const SidePolicy kAnything;

/// How a stream is offered to a side.
enum class OfferForm : std::uint8_t { Plain, BestEffort, Secure, PlainFirst, SecureFirst };

constexpr bool has_secure_line(OfferForm form) {
    return form == OfferForm::Secure || form == OfferForm::PlainFirst || form == OfferForm::SecureFirst;
}
constexpr bool offered_twice(OfferForm form) {
    return form == OfferForm::PlainFirst || form == OfferForm::SecureFirst;
}
constexpr MediaLayout::Form layout_of(OfferForm form) {
    using Layout = MediaLayout::Form;
    if (form == OfferForm::PlainFirst) return Layout::PlainFirst;
    return form == OfferForm::SecureFirst ? Layout::SecureFirst : Layout::Once;
}

/// What we may agree to, by side.
struct OfferAnswerPolicy {
    SrtpMode phone = SrtpMode::SrtpOnly;
    SrtpMode trunk = SrtpMode::Off;
    CryptoTerms crypto;
    std::vector<SrtpSuite> trunk_suites = {}; // empty: those in `crypto`
    bool phone_signalling_secure = true;      // SDES keys may be told to it
    bool trunk_signalling_secure = true;
    const SidePolicy *phones = &kAnything,
                     *pbx = &kAnything; // codecs, and what must be encrypted; outlive it
    bool match_trunk = false;           // phones get SRTP only when the PBX has it too
    KeyExchange keys = KeyExchange::Sdes;
    IceMode ice = IceMode::Answer;
    std::string fingerprint = {}; // of our DTLS certificate; empty: no DTLS
    /// Whether an o= session id from the trunk is one that we gave out on the trunk: our own SDP, come back.
    std::function<bool(const std::string& origin_id)> own_session;

    SrtpMode mode(MediaSide side) const { return side == MediaSide::Phone ? phone : trunk; }
    const SidePolicy& of(MediaSide side) const { return side == MediaSide::Phone ? *phones : *pbx; }
    bool required(MediaSide side) const { return of(side).require_srtp || mode(side) == SrtpMode::SrtpOnly; }
    CryptoTerms terms(MediaSide side) const;
    /// RFC 4568 section 8.3: who reads the signalling must not read the keys.
    bool may_tell_keys(MediaSide side) const {
        return of(side).allow_keys_over_plain ||
               (side == MediaSide::Phone ? phone_signalling_secure : trunk_signalling_secure);
    }
    bool has_dtls() const;
    /// Which keys that side is offered.
    KeysAllowed offers(MediaSide side) const;
    /// Whether media with that side can be encrypted at all; asked for the sake of `match_trunk` alone.
    bool may_be_secure(MediaSide side) const;
    /// What that side is offered where nothing else has been agreed.
    OfferForm form(MediaSide side) const;
    OfferedSecurity judge(MediaSide from, const StreamDescription& described) const;
};

} // namespace wakeline::media

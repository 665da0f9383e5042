// SPDX-License-Identifier: Apache-2.0
#include "media/offer_answer_policy.h"

#include "media/dtls_association.h"

namespace wakeline::media {

CryptoTerms OfferAnswerPolicy::terms(MediaSide side) const {
    CryptoTerms terms = crypto;
    if (side == MediaSide::Trunk && !trunk_suites.empty()) terms.suites = trunk_suites;
    terms.prefer_dtls = keys != KeyExchange::Sdes;
    return terms;
}

bool OfferAnswerPolicy::has_dtls() const {
    return !fingerprint.empty() && !srtp_profiles(crypto.suites).empty();
}

KeysAllowed OfferAnswerPolicy::offers(MediaSide side) const {
    const bool dtls = side == MediaSide::Phone && keys != KeyExchange::Sdes && has_dtls();
    return {.sdes = may_tell_keys(side) && (side == MediaSide::Trunk || keys != KeyExchange::Dtls || !dtls),
            .dtls = dtls};
}

bool OfferAnswerPolicy::may_be_secure(MediaSide side) const {
    if (!match_trunk) return true;
    return mode(side) != SrtpMode::Off && (may_tell_keys(side) || has_dtls());
}

OfferForm OfferAnswerPolicy::form(MediaSide side) const {
    const bool phone_side = side == MediaSide::Phone;
    if (phone_side && of(side).require_srtp) return OfferForm::Secure;
    const auto keys_to_offer = offers(side);
    const bool can = keys_to_offer.sdes || keys_to_offer.dtls;
    switch (mode(side)) {
    case SrtpMode::SrtpOnly: return OfferForm::Secure;
    case SrtpMode::Prefer:
        if (!can) return OfferForm::Plain;
        return phone_side ? OfferForm::Secure : OfferForm::BestEffort;
    case SrtpMode::RtpAndSrtp: return can ? OfferForm::PlainFirst : OfferForm::Plain;
    case SrtpMode::SrtpAndRtp: return can ? OfferForm::SecureFirst : OfferForm::Plain;
    case SrtpMode::BestEffort: return can ? OfferForm::BestEffort : OfferForm::Plain;
    case SrtpMode::Off: return OfferForm::Plain;
    }
    return OfferForm::Plain;
}

OfferedSecurity OfferAnswerPolicy::judge(MediaSide from, const StreamDescription& described) const {
    const bool tell = may_tell_keys(from), dtls = has_dtls() && described.dtls.has_value();
    if (!tell && !dtls && described.profile.secure)
        return {"SRTP, whose keys would pass through signalling that is not TLS", {}};
    const bool wanted =
        from == MediaSide::Trunk || described.profile.secure || may_be_secure(MediaSide::Trunk);
    return judge_offer(described, required(from) ? SrtpMode::SrtpOnly : mode(from), terms(from),
                       {.sdes = tell && wanted, .dtls = dtls && wanted});
}

} // namespace wakeline::media

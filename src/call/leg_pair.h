// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "call/header_policy.h"
#include "call/leg.h"
#include "call/offer_answer.h"

namespace wakeline::call {

/// The legs between which requests are relayed, as their owner knows them.
class LegPair {
public:
    /// Null when that leg is gone.
    virtual Leg* leg(LegId id) = 0;
    /// The media session of that pair; null when it has none.
    virtual OfferAnswer* media(const Leg& from, const Leg& to) = 0;
    /// The session timer of that leg; null when it has none.
    virtual class LegSession* session(LegId) { return nullptr; }
    virtual HeaderPolicy policy(sip::Side toward) const = 0;
    /// Whether the phone of that leg, which has no connection, is to be woken for requests.
    virtual bool wakes(const Leg& leg) const = 0;
    /// That phone is being woken. Returns our id of the call, for the push; empty when it is none.
    virtual std::string on_waking(const Leg& leg) = 0;
    /// That side says, or shows by silence, that it knows the dialog no longer (RFC 5057 5.1).
    virtual void on_leg_lost(LegId id, const std::string& why) = 0;
    /// For the timeline: what was asked, and with what it was answered; `words` as refusal_text, or empty.
    virtual void on_relayed(const Leg& from, const std::string& what, int status,
                            const std::string& words) = 0;

protected:
    ~LegPair() = default;
};

} // namespace wakeline::call

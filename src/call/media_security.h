// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "call/config.h"
#include "call/offer_answer.h"
#include "sip/builder.h"
#include "sip/transport.h"

namespace wakeline::call {

/// SBC-SEC-01: SRTP with us says nothing about the far side. A message that brings a phone an SDP with keys
/// tells it in Media-Security how far they protect: `end-to-end` or `this-leg-only`. Empty: nothing to tell.
std::string_view media_security(const CallConfig& config, sip::Side reader, const OfferAnswer& media,
                                std::string_view sdp);

/// Adds it.
void tell_security(const CallConfig& config, sip::Side reader, const OfferAnswer& media, std::string_view sdp,
                   sip::Builder& message);

} // namespace wakeline::call

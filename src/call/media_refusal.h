// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "sip/message.h"

namespace wakeline::call {

/// A Warning value (RFC 3261 20.43) for what media::MediaSessions refused: `305 example.com "Incompatible
/// media format"`.
std::string media_warning(ErrorCode why, std::string_view agent);

/// An answer that speaks of media: 488, 606, or 415 to an SDP.
bool refuses_media(const sip::Message& response);

/// For administrators: "offered audio PCMA/8000; accepts audio opus/48000; 305 ...": the codecs of the offer,
/// and what the refusal says of those that would do (SBC-COD-03).
std::string explain_refusal(std::string_view offer, const sip::Message& response);

} // namespace wakeline::call

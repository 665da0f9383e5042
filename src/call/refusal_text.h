// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sip/message.h"

namespace wakeline::call {

/// "603 Decline: call cannot be moved", for the timeline: with what its Warning says, because what a PBX
/// refuses and why is told nowhere else (SBC-MOVE-10).
std::string refusal_text(const sip::Message& response);

} // namespace wakeline::call

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "call/call_record.h"

namespace wakeline::admin {

/// What was wrong with the media of a call that was answered and has ended: nothing heard in one direction or
/// both, on which leg, and what to open or change (SBC-TRB-05). Nothing when all was well, when nobody could
/// have said a word yet, or when a side was on hold.
std::vector<std::string> media_advice(const call::CallRecord& record);

} // namespace wakeline::admin

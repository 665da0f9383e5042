// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "admin/node.h"
#include "call/call_record.h"

namespace wakeline::admin {

/// A call told in sentences: what was tried for each device, what answered and when, and how it ended. One
/// sentence or a few for each element.
std::vector<std::string> explain(const call::CallRecord& record);

/// Why a user's phones did or did not ring: the last call, and what a call of now would meet.
std::vector<std::string> explain(const UserReport& report);

} // namespace wakeline::admin

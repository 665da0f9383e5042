// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "push/verdict.h"

namespace wakeline::push {

/// Google's answer to a message. `body` and `retry_after` come from the network: anything at all is an answer
/// of its status class.
Verdict judge_fcm(int status, std::string_view body, std::string_view retry_after);

} // namespace wakeline::push

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "push/verdict.h"

namespace wakeline::push {

/// A webhook's answer, by its status alone. `retry_after` comes from the network.
Verdict judge_webhook(int status, std::string_view retry_after);

} // namespace wakeline::push

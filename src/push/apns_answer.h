// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "push/verdict.h"

namespace wakeline::push {

/// Apple's answer to a push. `body` comes from the network: anything at all is an answer of its status class.
Verdict judge_apns(int status, std::string_view body);

/// Whether this answer shows that Apple took our token or certificate, and so grants more than one stream.
bool shows_acceptance(int status);

} // namespace wakeline::push

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "call/context.h"
#include "call/header_policy.h"

namespace wakeline::call {

/// What passes to that side, in the calls of this context.
inline HeaderPolicy policy_toward(const Context& context, sip::Side toward, HostHiding hosts) {
    return {toward, std::move(hosts), {context.dialogs, context.config.digest_end_to_end}};
}

} // namespace wakeline::call

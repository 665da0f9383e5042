// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <utility>

#include "call/context.h"
#include "call/header_policy.h"

namespace wakeline::call {

/// What the configuration adds to the header table towards that side; `trunk` empty: the only one.
inline const HeaderRules* rules_toward(const CallConfig& config, sip::Side toward, std::string_view trunk) {
    if (toward == sip::Side::Access) return &config.to_phones;
    if (trunk.empty() && config.to_trunks.size() == 1) return &config.to_trunks.begin()->second;
    const auto at = config.to_trunks.find(std::string(trunk));
    return at == config.to_trunks.end() ? nullptr : &at->second;
}

/// What passes to that side, in the calls of this context.
inline HeaderPolicy policy_toward(const Context& context, sip::Side toward, HostHiding hosts,
                                  std::string_view trunk = {}) {
    return {toward,
            std::move(hosts),
            {.dialogs = context.dialogs,
             .digest_end_to_end = context.config.digest_end_to_end,
             .rules = rules_toward(context.config, toward, trunk),
             .from_pbx = false}};
}

} // namespace wakeline::call

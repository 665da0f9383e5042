// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace wakeline::daemon {

/// Whether an administrator's word, a number or user@domain, means that address of record.
inline bool is_named(std::string_view who, std::string_view aor) {
    if (iequals(who, aor)) return true;
    const std::string_view address = aor.substr(std::min(aor.find(':') + 1, aor.size()));
    return iequals(who, address) || iequals(who, address.substr(0, address.find('@')));
}

} // namespace wakeline::daemon

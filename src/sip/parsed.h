// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace wakeline::sip {

/// A value that reads itself from text with `read`, which says why it cannot.
template <class T>
Result<T> parsed(std::string_view text) {
    T value;
    if (const std::string_view why = value.read(text); !why.empty())
        return Error{ErrorCode::InvalidInput, std::string(why)};
    return value;
}

} // namespace wakeline::sip

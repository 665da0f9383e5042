// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace wakeline::sip {

/// The default reason phrase of RFC 3261 section 21 and its extensions.
std::string_view default_reason(int status);

} // namespace wakeline::sip

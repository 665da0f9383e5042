// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace wakeline::push {

/// The first hex digits (at most 64) of the SHA-256: what logs say instead of a token.
std::string fingerprint(std::string_view text, std::size_t digits = 8);

} // namespace wakeline::push

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace wakeline {

/// 500ms, 25s, 2m, 12h, 7d; 0 needs no unit.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// In the largest unit that leaves nothing over.
std::string show_duration(std::chrono::milliseconds value);

} // namespace wakeline

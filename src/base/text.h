// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wakeline {

/// ASCII only, whatever the locale: protocol words, not prose.
char lower(char c) noexcept;
std::string lower(std::string_view text);
bool iequals(std::string_view a, std::string_view b) noexcept;
bool istarts_with(std::string_view text, std::string_view prefix) noexcept;

/// Without leading and trailing spaces, tabs, CR and LF.
std::string_view trim(std::string_view text) noexcept;

/// The parts between separators, untrimmed; an empty text is one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

/// All of `text` must be the number; a sign, a space or an overflow gives nothing.
template <std::unsigned_integral T>
std::optional<T> parse_unsigned(std::string_view text) {
    T value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// %HH decoded; nothing when a % is not followed by two hex digits.
std::optional<std::string> percent_decode(std::string_view text);

/// Every octet but letters, digits and "-_.~" as %HH.
std::string percent_encode(std::string_view text);

} // namespace wakeline

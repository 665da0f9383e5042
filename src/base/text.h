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
constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
std::string lower(std::string_view text);
constexpr bool iequals(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
    return true;
}
bool istarts_with(std::string_view text, std::string_view prefix) noexcept;

/// Without leading and trailing spaces, tabs, CR and LF.
constexpr std::string_view trim(std::string_view text) noexcept {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && blank(text.back()))
        text.remove_suffix(1);
    return text;
}

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

// SPDX-License-Identifier: Apache-2.0
#include "base/duration.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace wakeline {

namespace {

using std::chrono::milliseconds;

struct Unit {
    std::string_view suffix;
    milliseconds length;
};
constexpr std::array kUnits{Unit{"d", milliseconds(86'400'000)}, Unit{"h", milliseconds(3'600'000)},
                            Unit{"m", milliseconds(60'000)}, Unit{"s", milliseconds(1'000)},
                            Unit{"ms", milliseconds(1)}};

} // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
    if (text == "0") return milliseconds(0);
    unsigned count{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (failure != std::errc{}) return std::nullopt;
    const std::string_view suffix = text.substr(static_cast<std::size_t>(end - text.data()));
    const auto unit = std::ranges::find(kUnits, suffix, &Unit::suffix);
    return unit == kUnits.end() ? std::nullopt : std::optional(unit->length * count);
}

std::string show_duration(milliseconds value) {
    if (value.count() == 0) return "0s";
    const auto unit =
        std::ranges::find_if(kUnits, [value](const Unit& u) { return value % u.length == milliseconds(0); });
    return std::to_string(value / unit->length) + std::string(unit->suffix);
}

} // namespace wakeline

// SPDX-License-Identifier: Apache-2.0
#include "config/schema.h"

#include <array>
#include <charconv>

namespace wakeline::config {

namespace {

using std::chrono::milliseconds;

struct Unit {
    std::string_view suffix;
    milliseconds length;
};
constexpr std::array kUnits{Unit{"ms", milliseconds(1)}, Unit{"s", milliseconds(1'000)},
                            Unit{"m", milliseconds(60'000)}, Unit{"h", milliseconds(3'600'000)}};

Error wanted(std::string_view what, const std::string& got) {
    return {ErrorCode::InvalidInput, "must be " + std::string(what) + ", not \"" + got + "\""};
}

std::string text_of(const YAML::Node& node) { return node.IsScalar() ? node.Scalar() : "(a list or block)"; }

template <class T>
std::optional<T> whole_number(std::string_view text, std::string_view& rest) {
    T value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{}) return std::nullopt;
    rest = text.substr(static_cast<std::size_t>(end - text.data()));
    return value;
}

} // namespace

Result<bool> parse(const YAML::Node& node, std::type_identity<bool>) {
    const std::string text = text_of(node);
    if (text == "true") return true;
    if (text == "false") return false;
    return wanted("true or false", text);
}

Result<unsigned> parse(const YAML::Node& node, std::type_identity<unsigned>) {
    const std::string text = text_of(node);
    std::string_view rest;
    if (const auto value = whole_number<unsigned>(text, rest); value && rest.empty()) return *value;
    return wanted("a whole number", text);
}

Result<std::string> parse(const YAML::Node& node, std::type_identity<std::string>) {
    if (!node.IsScalar()) return wanted("text", text_of(node));
    return node.Scalar();
}

Result<milliseconds> parse(const YAML::Node& node, std::type_identity<milliseconds>) {
    const std::string text = text_of(node);
    std::string_view rest;
    if (const auto count = whole_number<unsigned>(text, rest))
        for (const Unit& unit : kUnits)
            if (rest == unit.suffix) return unit.length * *count;
    return wanted("a time such as 500ms, 25s or 2m", text);
}

std::string show(bool value) { return value ? "true" : "false"; }
std::string show(unsigned value) { return std::to_string(value); }
std::string show(const std::string& value) { return value.empty() ? "(empty)" : value; }

std::string show(milliseconds value) {
    if (value.count() % 1'000 != 0) return std::to_string(value.count()) + "ms";
    return std::to_string(value.count() / 1'000) + "s";
}

} // namespace wakeline::config

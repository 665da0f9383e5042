// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <yaml-cpp/yaml.h>

#include <chrono>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/result.h"

namespace wakeline::config {

/// One thing wrong with the file, in words the person editing it can act on.
struct Problem {
    int line; // 1-based; 0 when it is about something that is not there
    std::string path;
    std::string message;

    bool operator==(const Problem&) const = default;
};
using Problems = std::vector<Problem>;

/// A setting: where it lives in YAML, where in the struct, what it means, what
/// it may be. This one line feeds the loader, the man page and the example file.
template <class Section, class T>
struct Field {
    using Check = std::optional<std::string> (*)(const T&);

    constexpr Field(std::string_view k, T Section::*m, std::string_view d, Check c = nullptr)
        : key(k), member(m), doc(d), check(c) {}

    std::string_view key;
    T Section::*member;
    std::string_view doc;
    Check check;
};

Result<bool> parse(const YAML::Node& node, std::type_identity<bool>);
Result<unsigned> parse(const YAML::Node& node, std::type_identity<unsigned>);
Result<std::string> parse(const YAML::Node& node, std::type_identity<std::string>);
Result<std::chrono::milliseconds> parse(const YAML::Node& node,
                                        std::type_identity<std::chrono::milliseconds>);

std::string show(bool value);
std::string show(unsigned value);
std::string show(const std::string& value);
std::string show(std::chrono::milliseconds value);

template <unsigned Low, unsigned High>
std::optional<std::string> between(const unsigned& value) {
    if (value >= Low && value <= High) return std::nullopt;
    return "must be between " + show(Low) + " and " + show(High) + ", not " + show(value);
}

template <long Low, long High>
std::optional<std::string> between_ms(const std::chrono::milliseconds& value) {
    using std::chrono::milliseconds;
    if (value >= milliseconds(Low) && value <= milliseconds(High)) return std::nullopt;
    return "must be between " + show(milliseconds(Low)) + " and " + show(milliseconds(High)) + ", not " +
           show(value);
}

/// Fills `section` from `node`. Reports every problem, not only the first, and
/// leaves a setting at its default when its value is unusable.
template <class Section, class... Fields>
void load(const YAML::Node& node, const std::string& path, const std::tuple<Fields...>& fields,
          Section& section, Problems& problems) {
    if (!node) return;
    if (!node.IsMap()) {
        problems.push_back({node.Mark().line + 1, path, "must be a block of settings"});
        return;
    }
    for (const auto& entry : node) {
        const auto key = entry.first.as<std::string>();
        const bool known = std::apply([&](const auto&... f) { return ((f.key == key) || ...); }, fields);
        if (!known) problems.push_back({entry.first.Mark().line + 1, path + "." + key, "is not a setting"});
    }
    const auto load_one = [&]<class T>(const Field<Section, T>& field) {
        const YAML::Node value = node[std::string(field.key)];
        if (!value) return;
        const auto complain = [&](std::string message) {
            problems.push_back(
                {value.Mark().line + 1, path + "." + std::string(field.key), std::move(message)});
        };
        auto parsed = parse(value, std::type_identity<T>{});
        if (!parsed) return complain(parsed.error().message);
        if (field.check)
            if (auto refusal = field.check(*parsed)) return complain(*refusal);
        section.*field.member = *std::move(parsed);
    };
    std::apply([&](const auto&... f) { (load_one(f), ...); }, fields);
}

/// The reference the man page and the example file are generated from.
template <class Section, class... Fields>
void describe(std::ostream& out, const std::string& path, const std::tuple<Fields...>& fields) {
    const Section defaults{};
    std::apply(
        [&](const auto&... f) {
            ((out << path << '.' << f.key << " (default " << show(defaults.*f.member) << ")\n    " << f.doc
                  << '\n'),
             ...);
        },
        fields);
}

} // namespace wakeline::config

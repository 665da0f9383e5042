// SPDX-License-Identifier: Apache-2.0
#include "config/schema.h"

#include <unordered_map>

#include "base/text.h"
#include "config/suggest.h"

namespace wakeline::config {

namespace {

std::string_view kind_in_words(Node::Kind kind) {
    switch (kind) {
    case Node::Kind::Null: return "nothing";
    case Node::Kind::Scalar: return "a single value";
    case Node::Kind::List: return "a list";
    case Node::Kind::Block: return "a block of settings";
    }
    return "";
}

std::string joined(const std::string& path, std::string_view key) {
    return path.empty() ? std::string(key) : path + '.' + std::string(key);
}

} // namespace

Place Place::child(std::string_view key) const { return {joined(path, key), joined(pattern, key)}; }
Place Place::item(std::size_t index) const {
    return {path + '[' + std::to_string(index) + ']', pattern + "[]"};
}
Place Place::entry(std::string_view name) const { return {joined(path, name), joined(pattern, "*")}; }

void refuse_unknown(const Node& child, const Place& section, const std::vector<std::string_view>& known,
                    Problems& problems) {
    const Place at = section.child(child.key);
    if (const Later* later = find_later(at.pattern)) {
        if (child.kind == Node::Kind::Null ||
            (child.kind == Node::Kind::Scalar && child.text == later->allowed))
            return;
        problems.push_back({child.key_line, at.path, std::string(later->why)});
        return;
    }
    std::string message(kUnknown);
    if (const auto near = nearest(child.key, known); !near.empty())
        message += "; did you mean " + std::string(near) + "?";
    problems.push_back({child.key_line, at.path, std::move(message)});
}

void refuse_duplicates(const Node& block, const Place& place, Problems& problems) {
    std::unordered_map<std::string_view, int> lines;
    for (const Node& child : block.children)
        if (const auto [seen, first] = lines.emplace(child.key, child.key_line); !first)
            problems.push_back({child.key_line, place.child(child.key).path,
                                "was given before, on line " + std::to_string(seen->second)});
}

bool is_kind(const Node& node, Node::Kind kind, const Place& place, Problems& problems) {
    if (node.kind == kind) return true;
    problems.push_back(
        {node.line, place.path,
         "must be " + std::string(kind_in_words(kind)) + ", not " + std::string(kind_in_words(node.kind))});
    return false;
}

bool is_name(const Node& entry, const Place& place, Problems& problems) {
    const bool good =
        !entry.key.empty() && entry.key.size() <= 64 && std::ranges::all_of(entry.key, [](char c) {
            return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        });
    if (!good)
        problems.push_back({entry.key_line, place.path,
                            "\"" + entry.key + "\" is not a name: letters, digits, - and _, at most 64"});
    return good;
}

void refuse_value(const Node& node, const Place& place, const std::string& wanted, std::string_view standard,
                  Problems& problems) {
    std::string message = "must be " + wanted;
    if (node.kind != Node::Kind::Scalar)
        message += ", not " + std::string(kind_in_words(node.kind));
    else if (standard != kHidden)
        message += ", not \"" + node.text + '"';
    if (!standard.empty() && standard != kHidden) message += " (default " + std::string(standard) + ")";
    problems.push_back({node.line, place.path, std::move(message)});
}

} // namespace wakeline::config

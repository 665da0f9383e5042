// SPDX-License-Identifier: Apache-2.0
#include "config/compare.h"

#include <algorithm>

#include "config/config_schema.h"

namespace wakeline::config {

namespace {

/// Walks two dumps side by side, down to single settings; lists, and entries that only one side has, count
/// as one.
class Comparison {
public:
    Comparison() { describe<Config>({}, 0, settings_); }

    void walk(const Node& before, const Node& after, const Place& place) {
        if (before == after) return;
        if (before.kind != Node::Kind::Block || after.kind != Node::Kind::Block) return differs(place);
        for (const Node& child : before.children) {
            const Node* other = after.find(child.key);
            const Place at = inside(place, child.key);
            if (other != nullptr)
                walk(child, *other, at);
            else
                differs(at);
        }
        for (const Node& child : after.children)
            if (before.find(child.key) == nullptr) differs(inside(place, child.key));
    }

    Difference result;

private:
    const Described* find(const std::string& pattern) const {
        const auto found = std::ranges::find(settings_, pattern, &Described::pattern);
        return found == settings_.end() ? nullptr : &*found;
    }

    Place inside(const Place& place, const std::string& key) const {
        const Described* outer = find(place.pattern);
        const bool named = outer != nullptr && outer->shape == Described::Shape::NamedEntries;
        return named ? place.entry(key) : place.child(key);
    }

    void differs(const Place& place) {
        std::string pattern = place.pattern;
        if (pattern.ends_with(".*")) pattern.resize(pattern.size() - 2);
        const Described* setting = find(pattern);
        const bool live = setting != nullptr && setting->change == Change::Live;
        (live ? result.live : result.restart).push_back(place.path);
    }

    Description settings_;
};

} // namespace

Difference compare(const Config& before, const Config& after) {
    Comparison comparison;
    comparison.walk(dump(before), dump(after), {});
    return std::move(comparison.result);
}

} // namespace wakeline::config

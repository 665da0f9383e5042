// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/secret.h"
#include "config/document.h"
#include "config/problem.h"
#include "config/values.h"

// The vocabulary in which a section of the configuration is described, and the four things done with such a
// description: load, dump (for --print-config and to compare two configurations), describe (for the man page
// and the example file). A section is a specialisation of Schema with one Field a setting.
namespace wakeline::config {

/// What a reload does with a changed setting (SBC-OPS-03).
enum class Change : std::uint8_t { Restart, Live };

/// A setting: where it lives in YAML, where in the struct, what it means, what it may be.
template <class Section, class T>
struct Field {
    constexpr Field(std::string_view k, T Section::*m, std::string_view d, Rule<T> r = {})
        : key(k), member(m), doc(d), rule(r) {}

    /// A reload applies it.
    constexpr Field live() const {
        return with([](Field& f) { f.change = Change::Live; });
    }
    /// Must be given: it has no default.
    constexpr Field required() const {
        return with([](Field& f) { f.must = true; });
    }
    /// What the default means, where its value does not say it.
    constexpr Field unset(std::string_view default_in_words) const {
        return with([=](Field& f) { f.meaning = default_in_words; });
    }

    std::string_view key;
    T Section::*member;
    std::string_view doc;
    Rule<T> rule;
    std::string_view meaning{};
    Change change = Change::Restart;
    bool must = false;

private:
    constexpr Field with(auto edit) const {
        Field copy = *this;
        edit(copy);
        return copy;
    }
};

/// static constexpr std::tuple fields; for entries of a list or map also `sample`, the YAML lines shown in
/// the example file.
template <class Section>
struct Schema;

template <class T>
concept Scalar = requires {
    Kind<T>::wanted();
};
template <class T>
concept Block = requires {
    Schema<T>::fields;
};

/// Where a value stands: in the file, and in the description ("trunks.pbx.uri" and "trunks.*.uri").
struct Place {
    std::string path, pattern;

    Place child(std::string_view key) const;
    Place item(std::size_t index) const;
    Place entry(std::string_view name) const;
};

/// The message about a key that nothing resembles.
inline constexpr std::string_view kUnknown = "is not a setting";

/// Reports a key that no field has: a misspelt one, or one that this version knows and does not take.
void refuse_unknown(const Node& child, const Place& section, const std::vector<std::string_view>& known,
                    Problems& problems);
void refuse_duplicates(const Node& block, const Place& place, Problems& problems);
/// False, with a problem, when the node is not of that kind.
bool is_kind(const Node& node, Node::Kind kind, const Place& place, Problems& problems);
bool is_name(const Node& entry, const Place& place, Problems& problems);
/// As `standard`: neither the value nor a default is shown.
inline constexpr std::string_view kHidden = "(secret)";
void refuse_value(const Node& node, const Place& place, const std::string& wanted, std::string_view standard,
                  Problems& problems);

template <Scalar T>
void load(const Node& node, const Place& place, const Rule<T>& rule, T& out, Problems& problems) {
    if (node.kind == Node::Kind::Null) return; // "key:" alone keeps the default
    const auto value = node.kind == Node::Kind::Scalar ? Kind<T>::parse(node.text) : std::nullopt;
    if (value && (rule.holds == nullptr || rule.holds(*value)))
        out = *value;
    else
        refuse_value(node, place, rule.wanted ? rule.wanted() : Kind<T>::wanted(),
                     std::same_as<T, Secret> ? std::string(kHidden) : Kind<T>::show(out), problems);
}

template <Block Section>
void load(const Node& node, const Place& place, Section& section, Problems& problems);

template <Block Section>
void load(const Node& node, const Place& place, const Rule<Section>&, Section& section, Problems& problems) {
    load(node, place, section, problems);
}

template <Scalar T>
void load(const Node& node, const Place& place, const Rule<std::vector<T>>&, std::vector<T>& out,
          Problems& problems) {
    if (node.kind == Node::Kind::Null || !is_kind(node, Node::Kind::List, place, problems)) return;
    out.clear();
    for (std::size_t i = 0; i < node.children.size(); ++i)
        load(node.children[i], place.item(i), Rule<T>{}, out.emplace_back(), problems);
}

template <Block Entry>
void load(const Node& node, const Place& place, const Rule<std::vector<Entry>>&, std::vector<Entry>& out,
          Problems& problems) {
    if (node.kind == Node::Kind::Null || !is_kind(node, Node::Kind::List, place, problems)) return;
    out.clear();
    for (std::size_t i = 0; i < node.children.size(); ++i)
        load(node.children[i], place.item(i), out.emplace_back(), problems);
}

template <Block Entry>
void load(const Node& node, const Place& place, const Rule<std::map<std::string, Entry>>&,
          std::map<std::string, Entry>& out, Problems& problems) {
    if (node.kind == Node::Kind::Null || !is_kind(node, Node::Kind::Block, place, problems)) return;
    out.clear();
    refuse_duplicates(node, place, problems);
    for (const Node& child : node.children)
        if (is_name(child, place, problems)) load(child, place.entry(child.key), out[child.key], problems);
}

/// Fills `section` from `node`. Reports every problem, not only the first, and leaves a setting at its
/// default when its value is unusable.
template <Block Section>
void load(const Node& node, const Place& place, Section& section, Problems& problems) {
    if (node.kind != Node::Kind::Null && !is_kind(node, Node::Kind::Block, place, problems)) return;
    refuse_duplicates(node, place, problems);
    const auto known = std::apply([](const auto&... f) { return std::vector<std::string_view>{f.key...}; },
                                  Schema<Section>::fields);
    for (const Node& child : node.children)
        if (std::ranges::find(known, child.key) == known.end()) refuse_unknown(child, place, known, problems);

    const auto load_one = [&](const auto& field) {
        const Node* value = node.find(field.key);
        const Place at = place.child(field.key);
        if (value != nullptr) load(*value, at, field.rule, section.*field.member, problems);
        if (field.must && (value == nullptr || value->kind == Node::Kind::Null))
            problems.push_back({value != nullptr ? value->key_line : node.line, at.path, "must be given"});
    };
    std::apply([&](const auto&... f) { (load_one(f), ...); }, Schema<Section>::fields);
}

template <Scalar T>
Node dump(const T& value) {
    std::string text = Kind<T>::show(value);
    return text.empty() ? Node{} : Node::scalar(std::move(text));
}
template <Block Section>
Node dump(const Section& section);

template <class T>
Node dump(const std::vector<T>& values) {
    Node node = Node::list();
    for (const T& value : values)
        node.add("", dump(value));
    return node;
}
template <class T>
Node dump(const std::map<std::string, T>& values) {
    Node node = Node::block();
    for (const auto& [name, value] : values)
        node.add(name, dump(value));
    return node;
}

/// Every setting with the value it has.
template <Block Section>
Node dump(const Section& section) {
    Node node = Node::block();
    std::apply([&](const auto&... f) { (node.add(std::string(f.key), dump(section.*f.member)), ...); },
               Schema<Section>::fields);
    return node;
}

/// One setting, as documentation.
struct Described {
    enum class Shape : std::uint8_t { Value, Values, Block, Entries, NamedEntries };

    std::string pattern; // "push.apps.*.key_id"
    std::string key;
    std::size_t depth = 0;
    Shape shape = Shape::Value;
    std::string wanted;   // Value, Values
    std::string standard; // the default as text
    std::string_view meaning, doc, sample;
    Change change = Change::Restart;
    bool must = false;
};
using Description = std::vector<Described>;

template <Block Section>
void describe(const Place& place, std::size_t depth, Description& out);

template <Scalar T>
void describe(const T& standard, const Rule<T>& rule, Described about, Description& out) {
    about.wanted = rule.wanted ? rule.wanted() : Kind<T>::wanted();
    about.standard = Kind<T>::show(standard);
    out.push_back(std::move(about));
}
template <Scalar T>
void describe(const std::vector<T>& standard, const Rule<std::vector<T>>&, Described about,
              Description& out) {
    about.shape = Described::Shape::Values;
    about.wanted = Kind<T>::wanted();
    for (const T& value : standard)
        (about.standard += about.standard.empty() ? "" : ", ") += Kind<T>::show(value);
    out.push_back(std::move(about));
}
template <Block T>
void describe(const T&, const Rule<T>&, Described about, Description& out) {
    about.shape = Described::Shape::Block;
    out.push_back(about);
    describe<T>(Place{about.pattern, about.pattern}, about.depth + 1, out);
}
template <Block T>
void describe(const std::vector<T>&, const Rule<std::vector<T>>&, Described about, Description& out) {
    about.shape = Described::Shape::Entries;
    about.sample = Schema<T>::sample;
    out.push_back(about);
    describe<T>(Place{about.pattern, about.pattern}.item(0), about.depth + 1, out);
}
template <Block T>
void describe(const std::map<std::string, T>&, const Rule<std::map<std::string, T>>&, Described about,
              Description& out) {
    about.shape = Described::Shape::NamedEntries;
    about.sample = Schema<T>::sample;
    out.push_back(about);
    describe<T>(Place{about.pattern, about.pattern}.entry("*"), about.depth + 1, out);
}

/// The reference that the man page and the example file are generated from.
template <Block Section>
void describe(const Place& place, std::size_t depth, Description& out) {
    const Section defaults{};
    const auto one = [&](const auto& f) {
        Described about;
        about.pattern = place.child(f.key).pattern;
        about.key = std::string(f.key);
        about.depth = depth;
        about.meaning = f.meaning;
        about.doc = f.doc;
        about.change = f.change;
        about.must = f.must;
        describe(defaults.*f.member, f.rule, std::move(about), out);
    };
    std::apply([&](const auto&... f) { (one(f), ...); }, Schema<Section>::fields);
}

} // namespace wakeline::config

// SPDX-License-Identifier: Apache-2.0
#include "config/users_file.h"

#include <cctype>

#include "base/bytes.h"
#include "base/secret.h"
#include "config/loader.h"
#include "config/policy_schema.h"

namespace wakeline::config {

template <>
struct Kind<Secret> {
    static std::string wanted() { return "text"; }
    static std::optional<Secret> parse(std::string_view text) { return Secret(std::string(text)); }
    static std::string show(const Secret& secret) { return wakeline::show(secret); }
};

namespace {

template <std::size_t Digits>
constexpr Rule<Secret> kHash{
    [] { return std::to_string(Digits) + " hexadecimal digits"; },
    [](const Secret& secret) { return secret.reveal().size() == Digits && from_hex(secret.reveal()); }};

/// What may stand before the @ in an address and between the quotes of a digest user name.
bool is_user_name(std::string_view name) {
    return !name.empty() && name.size() <= 128 && std::ranges::all_of(name, [](unsigned char c) {
        return c > ' ' && c < 0x7f &&
               std::string_view("\"\\<>,;:").find(static_cast<char>(c)) == std::string_view::npos;
    });
}

} // namespace

namespace {

/// What may be dialled; it becomes the user part of a URI.
constexpr Rule<std::string> kNumber{
    [] { return std::string("a number: digits, * and #, or a name of letters, digits, . _ and -"); },
    [](const std::string& text) {
        const std::string_view rest = std::string_view(text).substr(text.starts_with('+') ? 1 : 0);
        return !rest.empty() && rest.size() <= 64 && std::ranges::all_of(rest, [](unsigned char c) {
            return (c < 0x80 && std::isalnum(c) != 0) ||
                   std::string_view("*#._-").find(static_cast<char>(c)) != std::string_view::npos;
        });
    }};

struct Entry : registrar::User, call::Subscriber {};

} // namespace

template <>
struct Schema<call::RingTimes> {
    using S = call::RingTimes;
    static constexpr std::tuple fields{
        Field("mobile", &S::mobile, "How long the mobile devices ring.", kRingTime),
        Field("desk", &S::desk, "How long the desk phone rings.", kRingTime),
        Field("cell", &S::cell, "How long the cell phone rings.", kRingTime),
        Field("order", &S::order, "One after the other, or together."),
    };
};

template <>
struct Schema<Entry> {
    using S = Entry;
    static constexpr std::tuple fields{
        Field("password", &S::password, "The password."),
        Field("ha1_md5", &S::ha1_md5, "MD5 of user:realm:password.", kHash<32>),
        Field("ha1_sha256", &S::ha1_sha256, "SHA-256 of user:realm:password.", kHash<64>),
        Field("number", &S::number, "What everybody sees instead of the name here.", kNumber),
        Field("desk", &S::desk, "The desk phone's number at the PBX.", kNumber),
        Field("cell", &S::cell, "The cell phone's number.", kNumber),
        Field("use_cell", &S::use_cell, "The user agrees to be called there."),
        Field("voicemail", &S::voicemail, "The user's voicemail.", kNumber),
        Field("ring", &S::ring, "The user's own ring times."),
    };
};

LoadedUsers load_users(std::string_view yaml) {
    LoadedUsers loaded;
    auto document = read_yaml(yaml);
    if (const auto* problem = std::get_if<Problem>(&document)) {
        loaded.problems.push_back(*problem);
        return loaded;
    }
    const Node& root = std::get<Node>(document);
    if (!is_kind(root, Node::Kind::Block, {}, loaded.problems)) return loaded;
    refuse_duplicates(root, {}, loaded.problems);
    for (const Node& entry : root.children) {
        const Place place = Place{}.entry(entry.key);
        if (!is_user_name(entry.key)) {
            loaded.problems.push_back(
                {entry.key_line, "", "\"" + entry.key + "\" cannot be the name of a user"});
            continue;
        }
        Entry user;
        load(entry, place, user, loaded.problems);
        const bool has_secret = !user.password.empty() || !user.ha1_md5.empty() || !user.ha1_sha256.empty();
        const call::Subscriber& subscriber = user;
        if (has_secret) loaded.users[entry.key] = user;
        if (subscriber != call::Subscriber{}) loaded.subscribers[entry.key] = subscriber;
        if (!has_secret && subscriber == call::Subscriber{})
            loaded.problems.push_back(
                {entry.key_line, place.path, "needs a password, ha1_md5 or ha1_sha256, or a number"});
        if (user.use_cell && user.cell.empty())
            loaded.problems.push_back({entry.key_line, place.path + ".use_cell", "needs the number: cell"});
    }
    return loaded;
}

LoadedUsers load_users_file(const std::string& path) {
    const auto text = read_file(path);
    if (text) return load_users(*text);
    LoadedUsers nothing;
    nothing.problems.push_back({0, "", text.error().message});
    return nothing;
}

} // namespace wakeline::config

// SPDX-License-Identifier: Apache-2.0
#include "config/users_file.h"

#include "base/bytes.h"
#include "base/secret.h"
#include "config/loader.h"
#include "config/schema.h"

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

template <>
struct Schema<registrar::User> {
    using S = registrar::User;
    static constexpr std::tuple fields{
        Field("password", &S::password, "The password."),
        Field("ha1_md5", &S::ha1_md5, "MD5 of user:realm:password.", kHash<32>),
        Field("ha1_sha256", &S::ha1_sha256, "SHA-256 of user:realm:password.", kHash<64>),
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
        registrar::User& user = loaded.users[entry.key];
        load(entry, place, user, loaded.problems);
        if (user.password.empty() && user.ha1_md5.empty() && user.ha1_sha256.empty())
            loaded.problems.push_back(
                {entry.key_line, place.path, "needs a password, ha1_md5 or ha1_sha256"});
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

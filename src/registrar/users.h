// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sip/digest_server.h"

namespace wakeline::registrar {

/// A user of mode local: the password, or H(user:realm:password) where the file shall not hold it.
using User = sip::DigestUser;

/// Who may sign in, in mode local.
class UserDirectory {
public:
    virtual ~UserDirectory() = default;
    virtual std::optional<User> find(std::string_view name) const = 0;
};

/// Whether `name`, "1001" or "1001@example.com", is the user of that address of record.
inline bool is_owner(std::string_view name, std::string_view aor) {
    if (!aor.starts_with("sip:")) return false;
    aor.remove_prefix(4);
    return !name.empty() && (name == aor || name == aor.substr(0, aor.rfind('@')));
}

/// The user of that address of record.
inline std::optional<User> find_owner(const UserDirectory& users, std::string_view aor) {
    if (!aor.starts_with("sip:")) return std::nullopt;
    aor.remove_prefix(4);
    auto user = users.find(aor);
    return user ? user : users.find(aor.substr(0, aor.rfind('@')));
}

/// The users file, read.
class Users final : public UserDirectory {
public:
    using Map = std::map<std::string, User, std::less<>>;

    Users() = default;
    explicit Users(Map users) : users_(std::move(users)) {}

    void replace(Map users) { users_ = std::move(users); }
    std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& [name, user] : users_)
            all.push_back(name);
        return all;
    }
    std::optional<User> find(std::string_view name) const override {
        const auto at = users_.find(name);
        return at == users_.end() ? std::nullopt : std::optional(at->second);
    }

private:
    Map users_;
};

} // namespace wakeline::registrar

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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

/// The users file, read.
class Users final : public UserDirectory {
public:
    using Map = std::map<std::string, User, std::less<>>;

    Users() = default;
    explicit Users(Map users) : users_(std::move(users)) {}

    void replace(Map users) { users_ = std::move(users); }
    std::optional<User> find(std::string_view name) const override {
        const auto at = users_.find(name);
        return at == users_.end() ? std::nullopt : std::optional(at->second);
    }

private:
    Map users_;
};

} // namespace wakeline::registrar

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "call/config.h"

namespace wakeline::call {

/// What the users file says of users: where else they are reached, and which of their names nobody sees.
class Subscribers {
public:
    using Map = std::map<std::string, Subscriber, std::less<>>; // by name or address, as registrar::Users

    void replace(Map all);
    bool empty() const noexcept { return all_.empty(); }

    /// Null when nothing is known of that user.
    const Subscriber* find(std::string_view aor) const;
    /// What is shown instead of that user part: of a name or cell number that stays hidden.
    std::optional<std::string> shown(std::string_view user) const;

private:
    Map all_;
    std::map<std::string, std::string, std::less<>> shown_; // by hidden number
};

} // namespace wakeline::call

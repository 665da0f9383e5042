// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "call/subscribers.h"
#include "config/problem.h"
#include "registrar/users.h"

namespace wakeline::config {

/// The users of registration mode local, where else a user is hunted, and what is wrong with their file. No
/// password stands in a problem.
struct LoadedUsers {
    registrar::Users::Map users; // those with a password
    call::Subscribers::Map subscribers;
    Problems problems;
};
LoadedUsers load_users(std::string_view yaml);
LoadedUsers load_users_file(const std::string& path);

} // namespace wakeline::config

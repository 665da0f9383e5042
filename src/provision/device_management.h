// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "provision/sign_in.h"

namespace wakeline::provision {

/// What an MDM hands to the app, as key=value lines with every key at its default. `chosen` puts others in
/// their place; a key NAMEEnabled may be given for each, false locks it in the app.
struct Management {
    SignIn sign_in;
    Secret password;
    std::string certificate; // one line of base64 (pki::Authority), or empty
    Secret certificate_password;
    std::vector<std::pair<std::string, std::string>> chosen;
};
/// An error for an unknown key, a value of the wrong kind, or keys that contradict each other.
Result<std::string> management_file(const Management& wish);

/// What is to be sent to the user, in words.
std::string user_sheet(const SignIn& sign_in);

} // namespace wakeline::provision

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace wakeline::provision {

/// What a phone's app must know to sign in; never a password.
struct SignIn {
    std::string username, server_url;
    std::string cell; // the cell phone's number; may be empty
};

/// The text of the QR code: oscmob://account_details?username=...&server_url=...&cell=...
/// An error when a field that must be there is empty, or holds what no line of text can.
Result<std::string> qr_text(const SignIn& sign_in);

/// How apps write where they connect: the host, with the port where it is not the one that they take by
/// themselves (5061 for a host alone, 8443 for https, 8081 for http).
std::string server_url(std::string_view host, std::uint16_t port);
Result<std::string> normal_url(std::string_view given);

/// What the administrator should think about before the code is printed.
std::vector<std::string> warnings(const SignIn& sign_in);

/// What is wrong with a URL that makes the app call (osmo://NUMBER,,DIGITS#), or nothing.
std::vector<std::string> check_call_url(std::string_view url);

} // namespace wakeline::provision

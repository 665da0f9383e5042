// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace wakeline::push {

/// The JSON file that Google's console hands out for a service account.
struct ServiceAccount {
    std::string project_id;
    std::string client_email;
    std::string private_key_id;
    Secret private_key; // PEM
    std::string token_uri;

    /// The error says which part is missing or wrong.
    static Result<ServiceAccount> parse(std::string_view text);
};

} // namespace wakeline::push

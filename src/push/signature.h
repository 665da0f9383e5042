// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"

namespace wakeline::push {

/// "sha256=" and the HMAC-SHA256 (RFC 2104, in hex) of "<timestamp>.<body>": who has the secret can tell that
/// a webhook's request came from us, and when.
std::string sign_webhook(const Secret& secret, std::string_view timestamp, std::string_view body);

} // namespace wakeline::push

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace wakeline::admin {

/// The token of who may ask everything over HTTP: the first line of that file; empty when none is named.
Result<Secret> read_token(const std::string& file);

/// Whether an Authorization header shows it (RFC 6750); takes as long for a wrong one as for the right one.
bool shows_token(std::string_view authorization, const Secret& token);

} // namespace wakeline::admin

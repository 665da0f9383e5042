// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace wakeline::push {

/// A key or account file, whole; refused above 1 MB. The error says why, without the name.
Result<std::string> read_credential_file(const std::string& path);
/// A passphrase or shared secret: the first line of a file.
Result<Secret> secret_in(std::string_view text);
/// The same of that file; none when no file is named.
Result<Secret> read_secret_file(const std::string& path);

} // namespace wakeline::push

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"

namespace wakeline::push {

/// A key or account file, whole; refused above 1 MB. The error says why, without the name.
Result<std::string> read_credential_file(const std::string& path);

} // namespace wakeline::push

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace wakeline::pki {

inline constexpr mode_t kForAll = 0644, kForOwner = 0600;

Result<std::string> read_text(const std::string& path);
/// Refuses to touch a file that is there.
Status write_new(const std::string& path, std::string_view text, mode_t mode);
/// Whoever reads at the same time sees the old text or the new one, never a part.
Status replace(const std::string& path, std::string_view text, mode_t mode);

} // namespace wakeline::pki

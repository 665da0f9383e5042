// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "store/sqlite.h"

namespace wakeline::store {

/// Brings the tables of one component to its newest form. `steps[n]` leads from version n to n+1; a step is
/// never edited after a release, new ones are added behind it. All or nothing. A file from a newer Wakeline
/// is refused. Several components share one file, so each has its own version.
Status migrate(Sqlite& database, std::string_view component, std::span<const char* const> steps);

} // namespace wakeline::store

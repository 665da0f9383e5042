// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace wakeline::store {

/// What SQLite's last failure means to the person who runs Wakeline: which file, what is wrong, what to do.
Error sqlite_error(int code, std::string_view detail, std::string_view path, std::string_view what);
Error sqlite_error(sqlite3* database, std::string_view what);

} // namespace wakeline::store

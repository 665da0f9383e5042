// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

// The users file as a table that spreadsheets and directories read and write: UTF-8, commas, quotes where
// they must be, and the header
//   userName,password,ha1Md5,ha1Sha256,number,desk,cell,useCell,voicemail
// in any order; columns may be missing.
namespace wakeline::config {

/// YAML of a users file. An error names the line and what is wrong there, never a password.
Result<std::string> users_from_csv(std::string_view csv);
Result<std::string> users_to_csv(std::string_view yaml);
/// The users file has what no column is for: ring times of a user's own.
bool csv_would_lose(std::string_view yaml);

} // namespace wakeline::config

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ctl/shown.h"

// The daemon's JSON answers as a person reads them. A text that is not what the daemon sends is an error.
namespace wakeline::ctl {

Result<Shown> show_status(std::string_view json);
Result<Shown> show_registrations(std::string_view json);
Result<Shown> show_calls(std::string_view json);
Result<Shown> show_call(std::string_view json);
Result<Shown> show_capacity(std::string_view json);
Result<Shown> show_why(std::string_view json);
Result<Shown> show_push_test(std::string_view json);
Result<Shown> show_push_check(std::string_view json);
Result<Shown> show_trunks(std::string_view json);
Result<Shown> show_number_test(std::string_view json);
Result<Shown> show_number_check(std::string_view json);
Result<Shown> show_push(std::string_view json);
Result<Shown> show_certificates(std::string_view json);
Result<Shown> show_drain(std::string_view json);
Result<Shown> show_reload(std::string_view json);
Result<Shown> show_log_level(std::string_view json);

/// The daemon's reason for an error status.
std::string error_text(std::string_view json);

} // namespace wakeline::ctl

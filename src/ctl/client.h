// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"

namespace wakeline::ctl {

struct Answer {
    int status = 0; // HTTP
    std::string body;
};

/// Asks the daemon over its control socket and waits. An error says what to do about it.
Result<Answer> ask(const std::string& socket, const std::string& method, const std::string& path);

} // namespace wakeline::ctl

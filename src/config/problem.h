// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wakeline::config {

/// An error keeps the daemon from starting; a warning is only said.
enum class Gravity : std::uint8_t { Error, Warning };

/// One thing wrong with the file, in words the person editing it can act on.
struct Problem {
    int line; // 1-based; 0 when it is about something that is not there
    std::string path;
    std::string message;
    Gravity gravity = Gravity::Error;

    bool operator==(const Problem&) const = default;
};
using Problems = std::vector<Problem>;

bool has_errors(const Problems& problems);

/// "FILE:12: push.hold: must be ...", one line each, in the order of the file.
std::string report(std::string_view file, Problems problems);

} // namespace wakeline::config

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace wakeline::ctl {

/// An answer of the daemon as a person reads it.
struct Shown {
    std::string text;
    bool good = true; // false: the answer means failure (exit status 1)
};

} // namespace wakeline::ctl

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace wakeline::config {

/// The settings in which two configurations differ, by what a reload does with them (SBC-OPS-03).
struct Difference {
    std::vector<std::string> live, restart; // "push.hold", "trunks.pbx.uri", "access.listeners"
};
Difference compare(const Config& before, const Config& after);

} // namespace wakeline::config

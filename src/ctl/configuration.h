// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/options.h"
#include "config/config.h"

namespace wakeline::ctl {

/// The configuration file, which must be good in itself; what it names need not be there.
Result<config::Config> configuration(const CommandLine& line);

} // namespace wakeline::ctl

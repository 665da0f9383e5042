// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace wakeline::config {

/// conf/wakeline.yaml: every setting, explained and commented out at its default.
std::string example_file();

/// The SETTINGS part of wakeline.yaml(5), in mdoc(7).
std::string manual_settings();

} // namespace wakeline::config

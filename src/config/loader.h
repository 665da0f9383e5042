// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/config.h"
#include "config/document.h"
#include "config/problem.h"

namespace wakeline::config {

/// A configuration, and what is wrong with it: use it only when `has_errors(problems)` says no.
struct Loaded {
    Config config;
    Problems problems;
    Node document; // for the lines of later findings
};

/// Reads and checks the text of a configuration file: syntax, every setting by itself, and what no single
/// setting can say about itself. Opens no other file.
Loaded load_config(std::string_view yaml);

/// `load_config` of a file, and a look into the files that it names.
Loaded load_config_file(const std::string& path);

/// A file's content, refused when it is larger than `limit` octets or no regular file.
Result<std::string> read_file(const std::string& path, std::size_t limit = 16U << 20U);

/// The effective configuration as YAML, every setting with its value.
std::string print_config(const Config& config);

} // namespace wakeline::config

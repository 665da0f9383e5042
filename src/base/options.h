// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace wakeline {

/// One line of a program's option table: from it come parsing, --help and the check of the man page.
struct Option {
    std::string_view name;  // long, without dashes
    std::string_view value; // "FILE": it takes one; "[FORM]": it may; empty: it takes none
    std::string_view help;
};

/// A command line, taken apart. Options may stand anywhere; after "--" all is arguments.
struct CommandLine {
    std::vector<std::pair<std::string_view, std::string>> options; // names as in the table
    std::vector<std::string> arguments;

    bool has(std::string_view name) const { return value(name).has_value(); }
    /// The last one given; empty text when it came without a value.
    std::optional<std::string> value(std::string_view name) const;
};

/// An error is a sentence for the person who typed the line.
Result<CommandLine> parse_options(std::span<const Option> table, std::span<const char* const> words);

/// The lines of --help, aligned.
std::string describe_options(std::span<const Option> table);

} // namespace wakeline

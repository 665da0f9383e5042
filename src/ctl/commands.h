// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "ctl/show.h"

namespace wakeline::ctl {

inline constexpr const char* kDefaultSocket = "/run/wakeline/control.sock";

inline constexpr std::array kOptions{
    Option{"socket", "FILE", "The daemon's control socket, when it is not /run/wakeline/control.sock."},
    Option{"json", "", "Print the daemon's answer as JSON, for programs."},
    Option{"ended", "", "With calls: those that have ended, newest first, instead of the live ones."},
    Option{"trunk", "NAME", "With number test: of that trunk alone."},
    Option{"commands", "", "Print the names of all commands, one a line."},
    Option{"version", "", "Print the version, and exit."},
    Option{"help", "", "Print this, and exit."},
};

/// What is asked of the daemon.
struct Question {
    std::string method = "GET";
    std::string path;
};

/// One line of the command table: from it come parsing, --help, completion and the check of the man page.
struct Command {
    std::string_view words;     // "push test"
    std::string_view arguments; // "NUMBER", "[PATTERN]", or empty
    std::string_view help;
    Question (*question)(const std::vector<std::string>& arguments, const CommandLine& line);
    Result<Shown> (*show)(std::string_view json, const CommandLine& line);
};
std::span<const Command> commands();

/// The command that the arguments name, and what follows its words. An error is for the person who typed.
struct Chosen {
    const Command* command;
    std::vector<std::string> arguments;
};
Result<Chosen> choose(const std::vector<std::string>& words);

std::string help_text();

} // namespace wakeline::ctl

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
    Option{"watch", "[SECONDS]",
           "Ask again and again, every two seconds unless said otherwise, until Ctrl-C."},
    Option{"ended", "", "With calls: those that have ended, newest first, instead of the live ones."},
    Option{"state", "STATE", "With registrations: only those that are awake, asleep or expired."},
    Option{"trunk", "NAME", "With number test: of that trunk alone."},
    Option{"commands", "", "Print the names of all commands, one a line."},
    Option{"completion", "", "Print a completion of commands and options for bash(1)."},
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
    using Words = std::vector<std::string>;

    std::string_view words;     // "push test"
    std::string_view arguments; // "NUMBER", "[PATTERN]", or empty
    std::string_view help;
    Question (*question)(const Words& arguments, const CommandLine& line);
    Result<Shown> (*show)(std::string_view answer, const CommandLine& line);
    std::string_view options = {}; // of those that not every command takes
    std::string_view choices = {}; // what the argument may be, where that is a list
};
/// Every command that asks the daemon.
std::span<const Command> daemon_commands();
std::vector<Command> commands();

/// The command that the arguments name, and what follows its words. An error is for the person who typed.
struct Chosen {
    Command command;
    std::vector<std::string> arguments;
};
/// It makes the daemon do something.
inline bool is_order(const Chosen& chosen) {
    return chosen.command.question(chosen.arguments, {}).method != "GET";
}
Result<Chosen> choose(const std::vector<std::string>& words);
/// An error when the line has an option that is another command's.
Status check_options(const Command& command, const CommandLine& line);

std::string help_text();
/// For /usr/share/bash-completion/completions.
std::string bash_completion();

} // namespace wakeline::ctl

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
    Option{"for", "TIME", "With trace: how long, at most 10m."},
    Option{"pcap", "FILE", "With trace: write it there, for Wireshark, instead of showing it."},
    Option{"dir", "FOLDER", "With cert: the folder of the authority, when it is not /etc/wakeline/ca."},
    Option{"san", "LIST", "With cert: names, IP and sip: addresses of the certificate, with commas between."},
    Option{"key", "KIND",
           "With cert: rsa2048, rsa4096 or p256, which is what is made unless said otherwise."},
    Option{"lifetime", "TIME",
           "With cert: 90d, 180d, 1y, 2y or 3y; 1y unless said otherwise, 3y for an authority."},
    Option{"subject", "LIST", "With cert: C=, ST=, L=, O=, OU= with commas between; the name becomes CN."},
    Option{"password-file", "FILE",
           "With cert: the first line is the password of the package. With provision --mdm: the user's."},
    Option{
        "config", "FILE",
        "With provision, firewall, users: instead of /etc/wakeline/wakeline.yaml. With number test: by the "
        "rules in that file, and no daemon is asked."},
    Option{"server", "ADDRESS",
           "With provision: where the phone connects, when the configuration does not say it."},
    Option{"cell", "NUMBER", "With provision: the user's cell phone."},
    Option{"png", "FILE", "With provision: the QR code as a picture."},
    Option{"svg", "FILE", "With provision: the QR code as a picture."},
    Option{"sheet", "", "With provision: what to send to the user, without the password."},
    Option{"mdm", "", "With provision: the keys for device management, one a line."},
    Option{"set", "KEY=VALUE", "With provision --mdm: that key has another value. May be given often."},
    Option{"certificate", "FILE", "With provision --mdm: the .p12.base64 of the phone."},
    Option{"certificate-password-file", "FILE", "With provision --mdm: the first line opens it."},
    Option{"nft", "", "With firewall: as a ruleset for nft(8)."},
    Option{"list", "", "With firewall: as a list for people, as without it."},
    Option{"users", "FILE", "With users: instead of the file that the configuration names."},
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
    /// Instead of a question to the daemon, where there is none or --config is given: what is done here.
    /// InvalidInput is wrong usage.
    Result<Shown> (*here)(const Words& arguments, const CommandLine& line) = nullptr;
};
/// Those that ask the daemon, and those that need none.
std::span<const Command> daemon_commands();
std::span<const Command> certificate_commands();
std::span<const Command> site_commands();
std::span<const Command> support_commands();
std::vector<Command> commands();

/// The command that the arguments name, and what follows its words. An error is for the person who typed.
struct Chosen {
    Command command;
    std::vector<std::string> arguments;
};
/// It makes the daemon do something.
inline bool is_order(const Chosen& chosen) {
    return chosen.command.question == nullptr ||
           chosen.command.question(chosen.arguments, {}).method != "GET";
}
Result<Chosen> choose(const std::vector<std::string>& words);
/// An error when the line has an option that is another command's.
Status check_options(const Command& command, const CommandLine& line);

std::string help_text();
/// For /usr/share/bash-completion/completions.
std::string bash_completion();

} // namespace wakeline::ctl

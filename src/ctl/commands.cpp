// SPDX-License-Identifier: Apache-2.0
#include "ctl/commands.h"

#include <algorithm>

#include "base/text.h"

namespace wakeline::ctl {

namespace {

using Words = Command::Words;

/// How many of `words` the command's own words are; 0 when they are not there.
std::size_t matched(const Command& command, const Words& words) {
    const auto own = split(command.words, ' ');
    if (own.size() > words.size()) return 0;
    return std::ranges::equal(own, std::span(words).first(own.size())) ? own.size() : 0;
}

Error usage(std::string message) { return {ErrorCode::InvalidInput, std::move(message)}; }

Result<Chosen> with_arguments(const Command& command, Words rest) {
    const bool may = !command.arguments.empty(), must = may && !command.arguments.starts_with('[');
    if (rest.empty() && must)
        return usage(std::string(command.words) + " needs " + std::string(command.arguments));
    if (rest.size() > (may ? 1U : 0U)) return usage("unexpected argument " + rest.back());
    return Chosen{command, std::move(rest)};
}

bool takes(const Command& command, std::string_view option) {
    const auto options = split(command.options, ' ');
    return std::ranges::find(options, option) != options.end();
}

/// The commands that begin with the same word, for somebody who gave only that.
std::string beginning_with(const std::string& word) {
    std::string all;
    for (const Command& command : commands())
        if (command.words.starts_with(word + ' ')) (all += all.empty() ? "" : ", ") += command.words;
    return all;
}

} // namespace

std::vector<Command> commands() {
    std::vector<Command> all;
    for (const auto part : {daemon_commands(), certificate_commands(), site_commands(), support_commands()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

Result<Chosen> choose(const Words& words) {
    if (words.empty()) return usage("a command is missing");
    const auto all = commands();
    const Command* found = nullptr;
    std::size_t own = 0;
    for (const Command& command : all) // "push" is a command, too, beside "push test"
        if (const std::size_t length = matched(command, words); length > own) {
            own = length;
            found = &command;
        }
    if (found != nullptr)
        return with_arguments(*found, {words.begin() + static_cast<std::ptrdiff_t>(own), words.end()});
    const std::string near = beginning_with(words.front());
    return usage("there is no command " + words.front() + (near.empty() ? "" : " alone; there are " + near));
}

Status check_options(const Command& command, const CommandLine& line) {
    for (const auto& [option, value] : line.options) {
        std::string owners;
        for (const Command& other : commands())
            if (takes(other, option)) (owners += owners.empty() ? "" : ", ") += other.words;
        if (!owners.empty() && !takes(command, option))
            return usage("--" + std::string(option) + " goes with " + owners);
    }
    return Done{};
}

std::string help_text() {
    std::string out = "usage: wakelinectl [OPTION]... COMMAND [ARGUMENT]\n\n"
                      "Shows what the wakeline daemon does, and gives it orders. See wakelinectl(1).\n\n";
    for (const Command& command : commands()) {
        std::string line = "  " + std::string(command.words) + ' ' + std::string(command.arguments);
        line.resize(std::max<std::size_t>(line.size() + 1, 26), ' ');
        ((out += line) += command.help) += '\n';
    }
    return out + '\n' + describe_options(kOptions) + "\nExit status: 0 good, 1 failed, 2 wrong usage.\n";
}

} // namespace wakeline::ctl

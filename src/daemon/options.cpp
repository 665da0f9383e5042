// SPDX-License-Identifier: Apache-2.0
#include "daemon/options.h"

#include <optional>

namespace wakeline::daemon {

namespace {

std::optional<Invocation::Task> print_task(const std::string& form) {
    if (form.empty()) return Invocation::Task::PrintConfig;
    if (form == "example") return Invocation::Task::PrintExample;
    if (form == "manual") return Invocation::Task::PrintManual;
    return std::nullopt;
}

} // namespace

Result<Invocation> parse_invocation(std::span<const char* const> words) {
    using Task = Invocation::Task;
    const auto line = parse_options(kOptions, words);
    if (!line) return line.error();
    if (!line->arguments.empty())
        return Error{ErrorCode::InvalidInput, "unexpected argument " + line->arguments.front()};

    Invocation invocation;
    if (const auto file = line->value("config")) invocation.config_file = *file;
    if (line->has("help"))
        invocation.task = Task::Help;
    else if (line->has("version"))
        invocation.task = Task::Version;
    else if (line->has("check-config"))
        invocation.task = Task::CheckConfig;
    else if (const auto form = line->value("print-config")) {
        const auto task = print_task(*form);
        if (!task) return Error{ErrorCode::InvalidInput, "--print-config=" + *form + " is not a form"};
        invocation.task = *task;
    }
    return invocation;
}

std::string help_text() {
    return "usage: wakeline [OPTION]...\n\n"
           "Session border controller for SIP softphones that sleep. See wakeline(8).\n\n" +
           describe_options(kOptions) + "\nExit status: 0 good, 1 failed, 2 wrong usage or configuration.\n";
}

} // namespace wakeline::daemon

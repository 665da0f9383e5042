// SPDX-License-Identifier: Apache-2.0
#include <curl/curl.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <iostream>
#include <thread>

#include "base/text.h"
#include "ctl/client.h"
#include "ctl/commands.h"

namespace {

using namespace wakeline;

enum Exit { kGood = 0, kFailed = 1, kWrong = 2 };

int wrong_usage(const std::string& why) {
    std::cerr << "wakelinectl: " << why << "; see wakelinectl --help\n";
    return kWrong;
}

int failed(const std::string& why) {
    std::cerr << "wakelinectl: " << why << '\n';
    return kFailed;
}

int run_here(const ctl::Chosen& chosen, const CommandLine& line) {
    const auto shown = chosen.command.here(chosen.arguments, line);
    if (!shown)
        return shown.error().code == ErrorCode::InvalidInput ? wrong_usage(shown.error().message)
                                                             : failed(shown.error().message);
    std::cout << shown->text;
    return shown->good ? kGood : kFailed;
}

int run(const ctl::Chosen& chosen, const CommandLine& line) {
    const bool asks = chosen.command.question != nullptr && !line.has("config");
    if (chosen.command.here != nullptr && !asks) return run_here(chosen, line);
    const ctl::Question question = chosen.command.question(chosen.arguments, line);
    const auto answer =
        ctl::ask(line.value("socket").value_or(ctl::kDefaultSocket), question.method, question.path);
    if (!answer) return failed(answer.error().message);
    if (answer->status != 200) return failed(ctl::error_text(answer->body));
    const auto shown = chosen.command.show(answer->body, line);
    if (!shown) return failed(shown.error().message);
    std::cout << (line.has("json") ? answer->body : shown->text);
    return shown->good ? kGood : kFailed;
}

/// Each answer on a screen of its own, or one below the other where there is no terminal.
int watch(const ctl::Chosen& chosen, const CommandLine& line) {
    const std::string given = *line.value("watch");
    const auto seconds = given.empty() ? std::optional(2U) : parse_unsigned<unsigned>(given);
    if (!seconds || *seconds == 0 || *seconds > 3'600) return wrong_usage("--watch takes 1 to 3600 seconds");
    if (ctl::is_order(chosen)) return wrong_usage("--watch is for commands that only look");
    const bool terminal = ::isatty(STDOUT_FILENO) == 1;
    for (;;) {
        if (terminal) std::cout << "\033[H\033[2J";
        if (const int status = run(chosen, line); status != kGood) return status;
        if (!std::cout.flush()) return kFailed;
        std::this_thread::sleep_for(std::chrono::seconds(*seconds));
    }
}

int perform(const CommandLine& line) {
    if (line.has("help")) {
        std::cout << ctl::help_text();
        return kGood;
    }
    if (line.has("version")) {
        std::cout << "wakelinectl " WAKELINE_VERSION "\n";
        return kGood;
    }
    if (line.has("commands")) {
        for (const ctl::Command& command : ctl::commands())
            std::cout << command.words << '\n';
        return kGood;
    }
    if (line.has("completion")) {
        std::cout << ctl::bash_completion();
        return kGood;
    }
    const auto chosen = ctl::choose(line.arguments);
    if (!chosen) return wrong_usage(chosen.error().message);
    if (const Status fits = check_options(chosen->command, line); !fits)
        return wrong_usage(fits.error().message);
    return line.has("watch") ? watch(*chosen, line) : run(*chosen, line);
}

} // namespace

int main(int argc, char** argv) {
    const auto line = parse_options(ctl::kOptions, {argv + 1, static_cast<std::size_t>(argc - 1)});
    if (!line) return wrong_usage(line.error().message);
    try {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        const int status = perform(*line);
        curl_global_cleanup();
        return std::cout.flush() ? status : kFailed;
    } catch (const std::exception& e) {
        return failed(e.what());
    }
}

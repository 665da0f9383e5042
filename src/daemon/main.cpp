// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>
#include <iostream>

#include "config/loader.h"
#include "config/reference.h"
#include "daemon/options.h"

namespace {

using namespace wakeline;
using daemon::Invocation;

enum Exit { kGood = 0, kFailed = 1, kWrong = 2 };

int check_config(const std::string& file) {
    const auto loaded = config::load_config_file(file);
    std::cerr << config::report(file, loaded.problems);
    if (config::has_errors(loaded.problems)) return kWrong;
    std::cout << file << ": good\n";
    return kGood;
}

int print_config(const std::string& file) {
    const auto loaded = config::load_config_file(file);
    std::cerr << config::report(file, loaded.problems);
    std::cout << config::print_config(loaded.config);
    return config::has_errors(loaded.problems) ? kWrong : kGood;
}

int run(const std::string& file) { return check_config(file); }

int perform(const Invocation& invocation) {
    using Task = Invocation::Task;
    switch (invocation.task) {
    case Task::Run: return run(invocation.config_file);
    case Task::CheckConfig: return check_config(invocation.config_file);
    case Task::PrintConfig: return print_config(invocation.config_file);
    case Task::PrintExample: std::cout << config::example_file(); return kGood;
    case Task::PrintManual: std::cout << config::manual_settings(); return kGood;
    case Task::Version: std::cout << "wakeline " WAKELINE_VERSION "\n"; return kGood;
    case Task::Help: std::cout << daemon::help_text(); return kGood;
    }
    return kFailed;
}

} // namespace

int main(int argc, char** argv) {
    const auto invocation = daemon::parse_invocation({argv + 1, static_cast<std::size_t>(argc - 1)});
    if (!invocation) {
        std::cerr << "wakeline: " << invocation.error().message << "; see wakeline --help\n";
        return kWrong;
    }
    try {
        return perform(*invocation);
    } catch (const std::exception& e) {
        std::cerr << "<2>wakeline: " << e.what() << '\n';
        return kFailed;
    }
}

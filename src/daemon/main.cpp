// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <iostream>
#include <iterator>

#include "config/loader.h"
#include "config/reference.h"
#include "daemon/app.h"
#include "daemon/names.h"
#include "daemon/options.h"
#include "daemon/ports_in_use.h"
#include "daemon/process.h"

namespace {

using namespace wakeline;
using daemon::Invocation;

enum Exit { kGood = 0, kFailed = 1, kWrong = 2 };

int check_config(const std::string& file) {
    auto loaded = config::load_config_file(file);
    const bool good = !config::has_errors(loaded.problems);
    if (good)
        for (config::Problems& more :
             std::array{daemon::ports_in_use(loaded), daemon::names_not_found(loaded)})
            std::ranges::move(more, std::back_inserter(loaded.problems));
    std::cerr << config::report(file, loaded.problems);
    if (!good) return kWrong;
    std::cout << file << ": good\n";
    return kGood;
}

int print_config(const std::string& file) {
    const auto loaded = config::load_config_file(file);
    std::cerr << config::report(file, loaded.problems);
    std::cout << config::print_config(loaded.config);
    return config::has_errors(loaded.problems) ? kWrong : kGood;
}

/// What systemd, or a shell, sees of a start that failed.
int failed(const std::string& why) {
    std::cerr << "<2>wakeline: " << why << '\n';
    return kFailed;
}

int run(const std::string& file) {
    auto config = daemon::RunningConfig::open(file);
    if (const auto* problems = std::get_if<config::Problems>(&config)) {
        std::cerr << config::report(file, *problems);
        return kWrong;
    }
    auto& running = std::get<daemon::RunningConfig>(config);
    auto sink = daemon::LogSink::open(running.config().log);
    if (!sink) return failed(sink.error().message);
    daemon::prepare_process();
    http::Library http;
    const media::SrtpLibrary srtp;
    daemon::App app(std::move(running), **sink, {http, srtp});
    if (auto opened = app.open(); !opened) return failed(opened.error().message);
    app.run();
    return kGood;
}

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
        return failed(e.what());
    }
}

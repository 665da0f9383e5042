// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "simulation/workers.h"

using namespace wakeline::simulation;

namespace {

/// Below this, not everything that is rare need have happened.
constexpr std::uint64_t kEnoughForAll = 20'000;

const char* value(int argc, char** argv, const char* option) {
    for (int i = 1; i + 1 < argc; ++i)
        if (std::strcmp(argv[i], option) == 0) return argv[i + 1];
    return "";
}

/// "number  # what it was" on each line: what was broken once.
std::vector<std::uint64_t> read_seeds(const std::string& path) {
    std::vector<std::uint64_t> seeds;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line.substr(0, line.find('#')));
        if (std::uint64_t seed = 0; words >> seed) seeds.push_back(seed);
    }
    return seeds;
}

std::size_t print_coverage(const Outcome& outcome) {
    std::size_t never = 0;
    for (std::size_t i = 0; i < kBehaviours; ++i) {
        const bool missing = outcome.coverage.counts[i] == 0 && outcome.schedules >= kEnoughForAll;
        never += missing ? 1 : 0;
        std::printf("%12llu  %s%s\n", static_cast<unsigned long long>(outcome.coverage.counts[i]),
                    kBehaviourNames[i].data(), missing ? ": NEVER" : "");
    }
    return never;
}

} // namespace

/// Usage: simulation [--schedules N] [--first SEED] [--regressions FILE] | --seed SEED
int main(int argc, char** argv) {
    if (const char* seed = value(argc, argv, "--seed"); *seed != '\0') {
        show_schedule(std::strtoull(seed, nullptr, 10));
        return 0;
    }
    const auto started = std::chrono::steady_clock::now();
    const char* wanted = value(argc, argv, "--schedules");
    const std::uint64_t count = *wanted != '\0' ? std::strtoull(wanted, nullptr, 10) : 100'000;
    const std::uint64_t first =
        std::max<std::uint64_t>(1, std::strtoull(value(argc, argv, "--first"), nullptr, 10));
    std::vector<std::uint64_t> seeds = read_seeds(value(argc, argv, "--regressions"));
    for (std::uint64_t seed = first; seed < first + count; ++seed)
        seeds.push_back(seed);

    const Outcome outcome = run_schedules(seeds, std::max(1U, std::thread::hardware_concurrency()));
    const std::size_t never = print_coverage(outcome);
    for (const Failure& failure : outcome.failures)
        std::printf("seed %llu: %s\n", static_cast<unsigned long long>(failure.seed), failure.why.c_str());
    if (!outcome.failures.empty()) {
        std::printf("\nThe first of them (again: make simulate SEED=%llu):\n",
                    static_cast<unsigned long long>(outcome.failures.front().seed));
        show_schedule(outcome.failures.front().seed);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    std::printf("%llu schedules, each judged by every rule; what happened in them counts as one test each\n",
                static_cast<unsigned long long>(outcome.schedules));
    const std::size_t failed = outcome.failures.size() + never;
    std::printf("%zu failed, %zu passed in %.2fs\n", failed, failed == 0 ? kBehaviours : 0, took.count());
    return failed == 0 ? 0 : 1;
}

// SPDX-License-Identifier: Apache-2.0
#include "simulation/workers.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include "simulation/schedule.h"

namespace wakeline::simulation {

namespace {

constexpr std::size_t kMostFailures = 20;
constexpr std::size_t kBlock = 20;
constexpr unsigned kLongest = 120; // seconds of one schedule, which takes a millisecond
constexpr std::uint64_t kReplayEach = 250;
constexpr std::size_t kNobody = SIZE_MAX;

/// What the processes share.
struct Board {
    struct Note {
        std::uint64_t seed;
        char why[240];
    };
    std::atomic<std::size_t> next{0}, schedules{0}, failures{0};
    std::array<std::atomic<std::uint64_t>, kBehaviours> counts{};
    std::array<Note, kMostFailures> notes{};
    std::array<std::atomic<std::size_t>, 64> at{}; // which schedule each worker is in

    void fail(std::uint64_t seed, const std::string& why) {
        const std::size_t index = failures++;
        if (index >= notes.size()) return;
        notes[index].seed = seed;
        std::snprintf(notes[index].why, sizeof notes[index].why, "%s", why.c_str());
    }
};

Board& new_board() {
    void* memory = ::mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        std::perror("mmap");
        std::exit(2);
    }
    return *new (memory) Board;
}

void run_one(Board& board, std::uint64_t seed, Coverage& coverage) {
    ::alarm(kLongest);
    Schedule schedule(seed, false);
    std::string why = schedule.run();
    coverage.add(schedule.coverage());
    ++board.schedules;
    if (why.empty() && seed % kReplayEach == 0) {
        Schedule again(seed, false);
        again.run();
        if (again.sum() != schedule.sum()) why = "it does not replay exactly";
    }
    if (!why.empty()) board.fail(seed, why);
}

void work(Board& board, std::size_t worker, const std::vector<std::uint64_t>& seeds) {
    while (board.failures < kMostFailures) {
        const std::size_t first = board.next.fetch_add(kBlock);
        if (first >= seeds.size()) break;
        Coverage coverage;
        for (std::size_t i = first; i < std::min(first + kBlock, seeds.size()); ++i) {
            board.at[worker] = i;
            run_one(board, seeds[i], coverage);
        }
        board.at[worker] = kNobody;
        for (std::size_t i = 0; i < kBehaviours; ++i)
            board.counts[i] += coverage.counts[i];
    }
}

template <class Work>
pid_t start(Work work) {
    std::fflush(stdout);
    const pid_t child = ::fork();
    if (child == 0) {
        work();
        std::fflush(stdout);
        ::_exit(0);
    }
    return child;
}

} // namespace

Outcome run_schedules(const std::vector<std::uint64_t>& seeds, unsigned processes) {
    Board& board = new_board();
    const unsigned workers = std::min<unsigned>(processes, static_cast<unsigned>(board.at.size()));
    std::vector<pid_t> children;
    for (unsigned worker = 0; worker < workers; ++worker) {
        board.at[worker] = kNobody;
        children.push_back(start([&] { work(board, worker, seeds); }));
    }
    for (unsigned running = workers; running > 0;) {
        int status = 0;
        const pid_t ended = ::wait(&status);
        const auto worker =
            static_cast<std::size_t>(std::find(children.begin(), children.end(), ended) - children.begin());
        if (worker == children.size()) continue;
        const std::size_t at = board.at[worker].exchange(kNobody);
        if (WIFSIGNALED(status) && at != kNobody) {
            board.fail(seeds[at], std::string("it died: ") + ::strsignal(WTERMSIG(status)));
            children[worker] = start([&] { work(board, worker, seeds); });
            continue;
        }
        --running;
    }
    Outcome outcome;
    outcome.schedules = board.schedules;
    for (std::size_t i = 0; i < kBehaviours; ++i)
        outcome.coverage.counts[i] = board.counts[i];
    for (std::size_t i = 0; i < std::min<std::size_t>(board.failures, kMostFailures); ++i)
        outcome.failures.push_back({board.notes[i].seed, board.notes[i].why});
    ::munmap(&board, sizeof board);
    return outcome;
}

void show_schedule(std::uint64_t seed) {
    const pid_t child = start([seed] {
        std::setvbuf(stdout, nullptr, _IOLBF, 0); // it may die
        ::alarm(kLongest);
        Schedule schedule(seed, true);
        const std::string why = schedule.run();
        std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed),
                    why.empty() ? "nothing is broken" : why.c_str());
    });
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) std::printf("it died: %s\n", ::strsignal(WTERMSIG(status)));
}

} // namespace wakeline::simulation

// SPDX-License-Identifier: Apache-2.0
#include "bench/relay/relay_process.h"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <fstream>
#include <string>

#include "base/assert.h"

namespace wakeline::bench {

RelayProcess::~RelayProcess() {
    if (pid_ == 0) return;
    ::kill(pid_, SIGTERM);
    static_cast<void>(::waitpid(pid_, nullptr, 0));
}

void RelayProcess::start(const std::function<void()>& body) {
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    WAKELINE_ASSERT(pid_ >= 0);
    if (pid_ > 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(1);
    take_seat(Seat::Relay);
    body();
    ::_exit(0);
}

double RelayProcess::cpu_us() const {
    clockid_t clock = 0;
    timespec time{};
    WAKELINE_ASSERT(clock_getcpuclockid(pid_, &clock) == 0 && clock_gettime(clock, &time) == 0);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

double RelayProcess::resident_kb() const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssAnon:")) return std::stod(line.substr(8));
    return 0;
}

void take_seat(Seat seat) {
    if (::sysconf(_SC_NPROCESSORS_ONLN) > 1) {
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(seat == Seat::Load ? 0 : 1, &one);
        static_cast<void>(::sched_setaffinity(0, sizeof one, &one));
    }
    const sched_param ahead{.sched_priority = 10};
    static_cast<void>(::sched_setscheduler(0, SCHED_FIFO, &ahead));
}

} // namespace wakeline::bench

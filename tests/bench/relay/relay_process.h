// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <functional>
#include <string_view>
#include <vector>

#include "bench/relay/route.h"
#include "net/fd.h"

namespace wakeline::bench {

/// A relay in a process of its own, so that its cost can be told from the load's.
class RelayProcess {
public:
    RelayProcess() = default;
    virtual ~RelayProcess();
    RelayProcess(const RelayProcess&) = delete;
    RelayProcess& operator=(const RelayProcess&) = delete;

    virtual std::string_view name() const = 0;
    /// Sets up these calls, beside those that there are.
    virtual Result<std::vector<Route>> open(const Work& work) = 0;
    /// Ends all calls.
    virtual Status close() = 0;

    /// What the process has computed so far, all threads, with what the kernel did on its behalf.
    double cpu_us() const;
    /// Memory of its own, not shared with a file.
    double resident_kb() const;

protected:
    /// Starts the process, which runs `body` and ends. It has a processor of its own, if there are two.
    void start(const std::function<void()>& body);

private:
    pid_t pid_ = 0;
};

/// This thread, or one that is about to be a relay, on one processor and ahead of whatever else runs there;
/// as far as the machine and our rights allow.
enum class Seat { Load, Relay };
void take_seat(Seat seat);

} // namespace wakeline::bench

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "admin/node.h"
#include "push/waker.h"
#include "registrar/bindings.h"

namespace wakeline::daemon {

/// `wakelinectl push test`: wakes all devices of a user and gathers what the services say.
class PushTests {
public:
    PushTests(net::TimerQueue& timers, registrar::Bindings& bindings, push::Waker& waker)
        : timers_(timers), bindings_(bindings), waker_(waker) {}
    ~PushTests();
    PushTests(const PushTests&) = delete;
    PushTests& operator=(const PushTests&) = delete;

    /// `who` is a number or user@domain. The answer comes when the last service has answered, in 10 s at
    /// most.
    void start(std::string_view who, admin::Node::Answer<std::vector<admin::PushTest>> answer);

private:
    using RunId = std::uint64_t;
    struct Run {
        admin::Node::Answer<std::vector<admin::PushTest>> answer;
        std::vector<admin::PushTest> tests;
        std::vector<registrar::Binding> devices; // beside the tests
        std::vector<push::WakeId> wakes;         // 0: finished
        net::TimePoint started{};
    };

    void wake(RunId id, std::size_t device);
    void on_finished(RunId id, std::size_t device, const push::WakeResult& result);

    net::TimerQueue& timers_;
    registrar::Bindings& bindings_;
    push::Waker& waker_;
    std::map<RunId, Run> runs_;
    RunId last_id_ = 0;
};

} // namespace wakeline::daemon

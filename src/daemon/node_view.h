// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "admin/node.h"
#include "daemon/modules.h"
#include "daemon/push_tests.h"
#include "daemon/running_config.h"

namespace wakeline::daemon {

/// Shows the running modules to the control API, and passes its commands on.
class NodeView final : public admin::Node {
public:
    struct Parts {
        net::TimerQueue& timers;
        Log& log;
        Modules& modules;
        const RunningConfig& config;
        std::function<admin::ReloadReport()> reload;
        std::function<void(std::optional<std::chrono::milliseconds>)> drain;
    };
    explicit NodeView(Parts parts)
        : parts_(std::move(parts)), started_(parts_.timers.wall_now()),
          push_tests_(parts_.timers, parts_.modules.bindings(), parts_.modules.push()),
          trace_(parts_.timers, [this](sip::Tap* tap) { parts_.modules.transports().set_tap(tap); }) {}
    ~NodeView() override { trace_.stop(); }

    admin::NodeStatus status() const override;
    std::vector<registrar::Binding> registrations() const override;
    std::vector<call::CallRecord> calls() const override;
    void ended_calls(std::size_t count, Answer<std::vector<call::CallRecord>> answer) override;
    void find_call(std::string_view id, Answer<call::CallRecord> answer) override;
    void capacity(net::WallTime from, net::WallTime to, Answer<admin::CapacityReport> answer) override;
    void why(std::string_view user, Answer<admin::UserReport> answer) override;
    void push_test(std::string_view number, Answer<std::vector<admin::PushTest>> answer) override;
    void push_check(Answer<std::vector<admin::PushCheck>> answer) override;
    Result<std::vector<admin::NumberTrace>> number_test(std::string_view trunk,
                                                        std::string_view number) const override;
    std::vector<admin::NumberFault> number_check() const override;
    admin::ReloadReport reload() override { return parts_.reload(); }
    void set_log_level(LogLevel level) override { parts_.log.set_level(level); }
    bool end_call(std::string_view id) override;
    void drop_registration(registrar::BindingId id, Answer<Done> answer) override;
    std::string config_text() const override;
    admin::SipTrace& trace() override { return trace_; }
    std::size_t drain(std::optional<std::chrono::milliseconds> within) override;

private:
    admin::UserReport user_report(std::string_view user) const;

    Parts parts_;
    const net::WallTime started_;
    PushTests push_tests_;
    admin::SipTrace trace_;
};

} // namespace wakeline::daemon

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/metrics.h"
#include "base/result.h"
#include "push/apns_teams.h"
#include "push/app.h"
#include "push/budget.h"
#include "push/waker.h"

namespace wakeline::push {

/// The push services that are configured: owns the apps and finds the one that a device belongs to.
class Gateway final : public Waker {
public:
    struct Context {
        const http::Library& library;
        net::EventLoop& loop;
        Log& log;
        Metrics& metrics;
    };

    /// Reads keys and accounts. The error has a line for each app that cannot be used: its name, the file,
    /// what to do.
    static Result<std::unique_ptr<Gateway>> create(const Context& context, const Apps& apps,
                                                   const Rules& rules = {});
    ~Gateway() override;

    /// Apps whose settings or files changed are made anew; the others keep connection and credentials (Apple
    /// minds too many new tokens). Pushes under way end where they began. After an error nothing has changed.
    Status reload(const Apps& apps, const Rules& rules = {});

    WakeId wake(const Device& device, const WakeRequest& request, Sent sent, Finished finished) override;
    void cancel(WakeId id) override;
    bool supports(const Device& device, WakeKind kind = WakeKind::Call) const override {
        return (kind != WakeKind::CallEnded || rules_.tell_call_ended) && find(device, kind) != nullptr;
    }

    /// One line for each app, by name.
    std::vector<AppStatus> status() const;

    /// What came of asking each app's service, by name; what did not answer in ten seconds says so.
    struct Check {
        std::string name;
        WakeResult result;
        net::Duration took{};
    };
    using Checked = std::function<void(const std::vector<Check>&)>;
    void check(Checked done);

private:
    struct Entry {
        AppConfig config;
        std::string files; // fingerprint of what its files hold
        std::unique_ptr<App> app;
    };
    using Table = std::map<std::string, Entry>;
    struct Again {
        Device device;
        WakeRequest request;
    };
    struct Wake {
        App* app = nullptr; // null: no app, only `timer` answers
        Finished finished;
        std::unique_ptr<const Again> again; // where another environment of the app may be the right one
        std::unique_ptr<net::Timer> timer;
    };

    struct Checking {
        explicit Checking(net::TimerQueue& timers) : patience(timers) {}
        std::vector<Check> results;
        std::size_t open = 0;
        net::TimePoint started{};
        Checked done;
        net::Timer patience;
    };
    using CheckId = std::uint64_t;

    Gateway(const Context& context, const Rules& rules);
    /// `app` stays empty where the one that we have will do.
    Result<Table> make(const Apps& apps, const Rules& rules);
    bool within_budget(const Device& device, const WakeRequest& request);
    void refuse(WakeId id, WakeOutcome outcome, std::string reason);
    void on_checked(CheckId id, const std::string& name, const WakeResult& result);
    void end_check(CheckId id);
    App* find(const Device& device, WakeKind kind) const;
    App* other_environment(const App& app, const Device& device, WakeKind kind) const;
    void start(WakeId id, App& app, const Again& push, Sent sent);
    void on_finished(WakeId id, const WakeResult& result);
    void report(WakeId id, const WakeResult& result);
    void bury_retired();

    const Context context_;
    Rules rules_;
    std::array<ProviderMetrics, kProviders> metrics_; // by Provider
    Metric& no_provider_;
    Metric& over_budget_;
    Budget users_, devices_;
    ApnsTeams teams_; // before the apps: they leave it
    Table apps_;
    std::vector<std::unique_ptr<App>> retired_; // of before a reload, until their pushes are done
    std::map<WakeId, Wake> wakes_;
    /// Fingerprint of a token -> name of the app that could wake it, where that is not the first choice.
    /// Bounded.
    std::unordered_map<std::string, std::string> learned_;
    WakeId last_id_ = 0;
    std::map<CheckId, Checking> checks_;
    CheckId last_check_ = 0;
};

} // namespace wakeline::push

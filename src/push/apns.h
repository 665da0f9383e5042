// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>

#include "http/client.h"
#include "push/alarm.h"
#include "push/apns_team.h"
#include "push/app.h"
#include "push/back_off.h"
#include "push/service.h"
#include "push/wake_queue.h"

namespace wakeline::push {

/// An app that Apple wakes: VoIP pushes for calls, alerts and background pushes for what is none.
class Apns final : public App, private Service, private ApnsTeam::Member {
public:
    /// The error names the setting and the file.
    static Result<std::unique_ptr<App>> create(const AppContext& context, std::string name, AppConfig config);

    struct Parts {
        net::TimerQueue& timers;
        Log& log;
        ProviderMetrics& metrics;
        ApnsTeam& team;
    };
    Apns(const Parts& parts, std::string name, AppConfig config);
    ~Apns() override;
    Apns(const Apns&) = delete;
    Apns& operator=(const Apns&) = delete;

    bool serves(const Device& device, WakeKind kind) const override;
    void wake(WakeId id, const Device& device, const WakeRequest& request, Waker::Sent sent,
              Waker::Finished finished) override;
    void cancel(WakeId id) override { queue_.cancel(id); }
    void check(Waker::Finished finished) override;
    AppStatus status() const override;

private:
    std::optional<WakeResult> refuses(const Push& push) const override;
    bool authorized() override { return true; }
    http::Request request(Push& push) override;
    Verdict judge(const Push& push, const http::Response& response) override;
    bool renew_credential(const Push& push) override;
    void alarm(const WakeResult& result) override;

    http::Request probe() override;
    void on_probe_answered(const http::Response& response) override { on_probed(response); }
    WakeResult on_probed(const http::Response& response);
    void on_answer(const http::Response& response, const Verdict& verdict);

    net::TimerQueue& timers_;
    const std::string name_;
    const AppConfig config_;
    ApnsTeam& team_;
    net::Credential credential_; // its problem: Apple's refusal
    Alarm alarm_;
    BackOff back_off_;
    WakeQueue queue_;
    std::map<std::uint64_t, http::Client::RequestId> checks_;
    std::uint64_t last_check_ = 0;
};

} // namespace wakeline::push

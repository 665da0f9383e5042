// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/client.h"
#include "push/alarm.h"
#include "push/app.h"
#include "push/back_off.h"
#include "push/service.h"
#include "push/wake_queue.h"

namespace wakeline::push {

/// Devices that a service of the site's own wakes: it gets a signed POST for each (doc/push-payload.md).
class Webhook final : public App, private Service {
public:
    /// The error names the setting and the file.
    static Result<std::unique_ptr<App>> create(const AppContext& context, std::string name, AppConfig config);

    struct Parts {
        net::TimerQueue& timers;
        Log& log;
        ProviderMetrics& metrics;
        std::unique_ptr<http::Client> client;
        Secret secret;
    };
    Webhook(Parts parts, std::string name, AppConfig config);

    bool serves(const Device& device, WakeKind kind) const override;
    void wake(WakeId id, const Device& device, const WakeRequest& request, Waker::Sent sent,
              Waker::Finished finished) override {
        queue_.wake(id, device, request, std::move(sent), std::move(finished));
    }
    void cancel(WakeId id) override { queue_.cancel(id); }
    void check(Waker::Finished finished) override;
    AppStatus status() const override;

private:
    std::optional<WakeResult> refuses(const Push&) const override { return std::nullopt; }
    net::Duration pause() const override { return back_off_.left(name_); }
    bool authorized() override { return true; }
    http::Request request(Push& push) override;
    Verdict judge(const Push& push, const http::Response& response) override;
    bool renew_credential(const Push&) override { return false; }
    void alarm(const WakeResult& result) override;

    http::Request post(std::string body, const std::string& id) const;

    net::TimerQueue& timers_;
    const std::string name_;
    const AppConfig config_;
    const std::string path_;
    const Secret secret_;
    std::unique_ptr<http::Client> client_;
    net::Credential credential_; // its problem: that the service refuses our signature
    Alarm alarm_;
    BackOff back_off_;
    WakeQueue queue_;
};

} // namespace wakeline::push

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/client.h"
#include "http/keep_warm.h"
#include "push/alarm.h"
#include "push/app.h"
#include "push/back_off.h"
#include "push/fcm_token.h"
#include "push/service.h"
#include "push/wake_queue.h"

namespace wakeline::push {

/// An app that Google wakes: FCM HTTP v1, data messages with a service account's access token.
class Fcm final : public App, private Service {
public:
    /// The error names the setting and the file.
    static Result<std::unique_ptr<App>> create(const AppContext& context, std::string name, AppConfig config);

    struct Parts {
        net::TimerQueue& timers;
        Log& log;
        ProviderMetrics& metrics;
        std::unique_ptr<http::Client> client, token_client;
        ServiceAccount account;
        SigningKey key;
    };
    Fcm(Parts parts, std::string name, AppConfig config);

    bool serves(const Device& device, WakeKind kind) const override;
    void wake(WakeId id, const Device& device, const WakeRequest& request, Waker::Sent sent,
              Waker::Finished finished) override {
        queue_.wake(id, device, request, std::move(sent), std::move(finished));
    }
    void cancel(WakeId id) override { queue_.cancel(id); }
    void check(Waker::Finished finished) override;
    AppStatus status() const override;

    static std::string endpoint(const AppConfig& config);

private:
    std::optional<WakeResult> refuses(const Push& push) const override;
    bool authorized() override { return token_.current().has_value(); }
    http::Request request(Push& push) override;
    Verdict judge(const Push& push, const http::Response& response) override;
    bool renew_credential(const Push& push) override;
    void alarm(const WakeResult& result) override;

    http::Request message(std::string body, const std::string& access_token) const;
    std::optional<http::Request> probe();
    WakeResult on_probed(const http::Response& response);
    void send_check(const Waker::Finished& finished);
    void on_answer(const Verdict& verdict);
    void on_minted();
    void on_not_minted(const WakeResult& why);

    net::TimerQueue& timers_;
    const std::string name_;
    const AppConfig config_;
    const std::string project_;
    std::unique_ptr<http::Client> client_, token_client_;
    net::Credential credential_; // its problem: Google's refusal
    Alarm alarm_;
    BackOff back_off_;
    WakeQueue queue_;
    http::KeepWarm warm_;
    FcmToken token_;
    std::uint64_t probed_with_ = 0;       // generation of the access token
    std::vector<Waker::Finished> checks_; // that wait for an access token
};

} // namespace wakeline::push

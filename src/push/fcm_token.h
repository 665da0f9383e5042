// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/secret.h"
#include "http/client.h"
#include "net/timer.h"
#include "push/jwt.h"
#include "push/service_account.h"
#include "push/verdict.h"

namespace wakeline::push {

/// Google's access token: asked for with a signed assertion (RFC 7523), one request at a time, renewed five
/// minutes before it ends; until then the old one stays in use, also while the token endpoint is down.
class FcmToken {
public:
    using Generation = std::uint64_t;
    struct Events {
        std::function<void()> minted;
        /// No token: why. The result is meant for the wakes that wait for one.
        std::function<void(const WakeResult&)> failed;
    };
    struct Current {
        const std::string& text;
        Generation generation;
    };

    FcmToken(net::TimerQueue& clock, http::Client& endpoint, const ServiceAccount& account, SigningKey key,
             Events events);
    ~FcmToken();
    FcmToken(const FcmToken&) = delete;
    FcmToken& operator=(const FcmToken&) = delete;

    /// The token in use; without one, a request for it is under way and an event follows.
    std::optional<Current> current();
    /// The service refuses the token of `rejected`: it is used no more.
    void replace(Generation rejected);

    std::optional<net::WallTime> made() const {
        return text_.empty() ? std::nullopt : std::optional(made_wall_);
    }

private:
    void mint();
    Result<std::string> assertion() const;
    void on_answer(const http::Response& response);
    void on_token(std::string text, std::chrono::seconds life);
    void on_failure(WakeResult result);

    net::TimerQueue& clock_;
    http::Client& endpoint_;
    const std::string path_, header_, claims_; // of the assertion; the claims but for the times
    const SigningKey key_;
    const Events events_;
    net::Timer renewal_;
    http::Client::RequestId request_ = 0;
    std::string text_;
    Generation generation_ = 0;
    net::TimePoint expires_{};
    net::WallTime made_wall_{};
};

/// What the token endpoint said: a token, or what to tell those who wait for one. `body` is the network's.
struct TokenAnswer {
    std::string token; // empty: none
    std::chrono::seconds life{0};
    WakeResult failure;
};
TokenAnswer judge_token(int status, std::string_view body);

} // namespace wakeline::push

// SPDX-License-Identifier: Apache-2.0
#include "push/fcm_token.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"
#include "push/payload.h"

namespace wakeline::push {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr std::chrono::seconds kAssertionLife = 1h; // the longest that Google takes
constexpr net::Duration kEarly = 5min, kRetry = 60s, kTimeout = 4s;
constexpr std::string_view kScope = "https://www.googleapis.com/auth/firebase.messaging";
constexpr std::string_view kGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// "https://host/token" has its path after the host.
std::string path_of(const std::string& uri) {
    return uri.substr(uri.find('/', std::string_view("https://").size()));
}

/// It becomes a header: nothing but visible ASCII.
bool is_header_value(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

} // namespace

FcmToken::FcmToken(net::TimerQueue& clock, http::Client& endpoint, const ServiceAccount& account,
                   SigningKey key, Events events)
    : clock_(clock), endpoint_(endpoint), path_(path_of(account.token_uri)),
      header_(json{{"alg", "RS256"}, {"typ", "JWT"}, {"kid", account.private_key_id}}.dump()),
      claims_(json{{"iss", account.client_email}, {"scope", kScope}, {"aud", account.token_uri}}.dump()),
      key_(std::move(key)), events_(std::move(events)), renewal_(clock) {}

FcmToken::~FcmToken() {
    if (request_ != 0) endpoint_.cancel(request_);
}

std::optional<FcmToken::Current> FcmToken::current() {
    if (!text_.empty() && clock_.now() < expires_) return Current{text_, generation_};
    mint();
    return std::nullopt;
}

void FcmToken::replace(Generation rejected) {
    if (rejected == generation_) text_.clear();
}

Result<std::string> FcmToken::assertion() const {
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(clock_.wall_now().time_since_epoch());
    const std::string times = ",\"iat\":" + std::to_string(now.count()) +
                              ",\"exp\":" + std::to_string((now + kAssertionLife).count()) + "}";
    return key_.sign(header_, claims_.substr(0, claims_.size() - 1) + times);
}

void FcmToken::mint() {
    if (request_ != 0) return;
    const auto assertion = this->assertion();
    http::Request request;
    request.path = path_;
    request.headers = {"content-type: application/x-www-form-urlencoded"};
    request.body = "grant_type=" + percent_encode(kGrant) + "&assertion=" + (assertion ? *assertion : "");
    request.timeout = kTimeout;
    request_ = endpoint_.send(std::move(request), {}, [this](const http::Response& r) { on_answer(r); });
}

void FcmToken::on_answer(const http::Response& response) {
    request_ = 0;
    if (!response.answered()) {
        WakeResult failure;
        failure.reason = "no access token: " + response.error;
        return on_failure(std::move(failure));
    }
    TokenAnswer answer = judge_token(response.status, response.body);
    if (answer.token.empty()) return on_failure(std::move(answer.failure));
    on_token(std::move(answer.token), answer.life);
}

void FcmToken::on_token(std::string text, std::chrono::seconds life) {
    text_ = std::move(text);
    ++generation_;
    expires_ = clock_.now() + life;
    made_wall_ = clock_.wall_now();
    renewal_.arm(std::max<net::Duration>(life - kEarly, life / 2), [this] { mint(); });
    events_.minted();
}

void FcmToken::on_failure(WakeResult result) {
    renewal_.arm(kRetry, [this] { mint(); });
    events_.failed(result);
}

TokenAnswer judge_token(int status, std::string_view body) {
    TokenAnswer answer;
    const json content = json::parse(body, nullptr, false);
    const auto text = [&content](const char* key) {
        const auto it = content.is_object() ? content.find(key) : content.end();
        return content.is_object() && it != content.end() && it->is_string() ? it->get<std::string>() : "";
    };
    answer.failure.status = status;
    if (status == 200 && !text("access_token").empty() && is_header_value(text("access_token"))) {
        answer.token = text("access_token");
        const auto life = content.find("expires_in");
        const bool usable = life != content.end() && life->is_number_unsigned();
        answer.life = std::chrono::seconds(
            usable ? std::clamp<std::uint64_t>(life->get<std::uint64_t>(), 1, 86'400) : std::uint64_t{3600});
        return answer;
    }
    // 4xx: Google does not know our key or account. Anything else will pass.
    answer.failure.outcome =
        status >= 400 && status < 500 && status != 429 ? WakeOutcome::Refused : WakeOutcome::Unavailable;
    answer.failure.reason = "no access token: " +
                            (text("error").empty() ? "answer without token" : clean_name(text("error"), 64));
    return answer;
}

} // namespace wakeline::push

// SPDX-License-Identifier: Apache-2.0
#include "push/apns_token.h"

#include <utility>

namespace wakeline::push {

namespace {

using namespace std::chrono_literals;

constexpr net::Duration kUse = 50min; // Apple refuses them after 60
constexpr net::Duration kAtLeast = 20min;
constexpr net::Duration kJump = 1min;

} // namespace

ApnsToken::ApnsToken(net::TimerQueue& clock, SigningKey key, std::string key_id, std::string team_id)
    : clock_(clock), key_(std::move(key)), header_(R"({"alg":"ES256","kid":")" + key_id + R"("})"),
      team_id_(std::move(team_id)) {}

ApnsToken::Current ApnsToken::current() {
    if (generation_ == 0 || (clock_.now() - made_ >= kUse && may_replace())) make();
    return {text_, generation_};
}

bool ApnsToken::replace(Generation rejected) {
    if (rejected != generation_) return true;
    if (!may_replace()) return false;
    make();
    return true;
}

void ApnsToken::freeze() { not_before_ = clock_.now() + kAtLeast; }

/// A token made while the calendar was wrong was never good, so Apple does not count it.
bool ApnsToken::may_replace() const {
    if (clock_.now() < not_before_) return false;
    return clock_.now() - made_ >= kAtLeast || clock_jumped();
}

bool ApnsToken::clock_jumped() const {
    const net::Duration apart = (clock_.wall_now() - made_wall_) - (clock_.now() - made_);
    return apart > kJump || apart < -kJump;
}

void ApnsToken::make() {
    const auto issued =
        std::chrono::duration_cast<std::chrono::seconds>(clock_.wall_now().time_since_epoch()).count();
    auto token = key_.sign(header_, R"({"iss":")" + team_id_ + R"(","iat":)" + std::to_string(issued) + "}");
    if (!token) return; // the service's refusal of an empty or old token is reported as any other
    text_ = std::move(*token);
    ++generation_;
    made_ = clock_.now();
    made_wall_ = clock_.wall_now();
}

} // namespace wakeline::push

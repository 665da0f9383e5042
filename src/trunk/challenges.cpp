// SPDX-License-Identifier: Apache-2.0
#include "trunk/challenges.h"

namespace wakeline::trunk {

namespace {

constexpr net::Duration kCredentialsFollow = std::chrono::seconds(30);
constexpr std::size_t kMost = 20'000;

} // namespace

void Challenges::note(std::string_view call_id, const sip::FlowTarget& target, net::TimePoint now) {
    forget_old(now);
    const net::TimePoint until = now + kCredentialsFollow;
    by_call_[std::string(call_id)] = {target, until};
    due_.push_back({until, std::string(call_id)});
}

const sip::FlowTarget* Challenges::find(std::string_view call_id, net::TimePoint now) const {
    if (by_call_.empty()) return nullptr;
    const auto found = by_call_.find(std::string(call_id));
    return found == by_call_.end() || found->second.until <= now ? nullptr : &found->second.target;
}

void Challenges::forget_old(net::TimePoint now) {
    while (!due_.empty() && (due_.front().until <= now || due_.size() >= kMost)) {
        const auto found = by_call_.find(due_.front().call_id);
        if (found != by_call_.end() && found->second.until == due_.front().until) by_call_.erase(found);
        due_.pop_front();
    }
}

} // namespace wakeline::trunk

// SPDX-License-Identifier: Apache-2.0
#include "call/ring_hunt.h"

namespace wakeline::call {

using ring_plan::Stage;
using ring_plan::Target;
using ring_plan::Verdict;

namespace {

/// RFC 3261 25.1: of what can be dialled only # may not stand in a user part.
std::string escaped(const std::string& number) {
    std::string user;
    for (const char c : number)
        user += c == '#' ? std::string("%23") : std::string(1, c);
    return user;
}

} // namespace

RingHunt::RingHunt(net::TimerQueue& timers, Plan plan)
    : plan_(std::move(plan)), stages_(ring_plan::stages(plan_.config, plan_.user, plan_.reachable)),
      time_(timers) {}

const Stage* RingHunt::next(std::function<void()> time_over) {
    time_.cancel();
    if (next_ == stages_.size()) return nullptr;
    const Stage& stage = stages_[next_++];
    time_.arm(stage.ring, std::move(time_over));
    return &stage;
}

void RingHunt::take(Verdict verdict) {
    switch (verdict) {
    case Verdict::GoOn: return;
    case Verdict::Stay:
    case Verdict::End: return end();
    case Verdict::Voicemail:
        while (next_ < stages_.size() && !stages_[next_].has(Target::Voicemail))
            ++next_;
        return;
    }
}

void RingHunt::end() {
    time_.cancel();
    next_ = stages_.size();
}

bool RingHunt::joins() const {
    return (lost_ || !plan_.reachable) && time_.armed() && next_ > 0 &&
           !stages_[next_ - 1].has(Target::Voicemail);
}

std::string RingHunt::number(Target target) const {
    return ring_plan::number(plan_.config, plan_.user, target);
}

CallOffer RingHunt::offer_for(Target target, const std::string& pbx_host) const {
    CallOffer offer = plan_.offer;
    offer.to = {};
    offer.to.uri.scheme = "sip";
    offer.to.uri.user = escaped(number(target));
    offer.to.uri.host = pbx_host;
    offer.request_uri = offer.to.uri.str();
    offer.single_branch = false;
    if (target == Target::Desk || plan_.shown.empty()) return offer;
    sip::NameAddr diverting;
    diverting.uri.scheme = "sip";
    diverting.uri.user = escaped(plan_.shown);
    diverting.uri.host = pbx_host;
    diverting.params.set("reason", plan_.reachable ? "no-answer" : "unavailable");
    diverting.params.set("counter", "1");
    auto& headers = offer.relayed.headers; // the newest stands first
    headers.emplace(headers.begin(), "Diversion", diverting.str());
    return offer;
}

} // namespace wakeline::call

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "call/branch.h"
#include "call/ring_plan.h"

namespace wakeline::call {

/// One call's way through its ring plan: the stage that rings now, its time, and what comes next.
class RingHunt {
public:
    struct Plan {
        RingPlanConfig config;
        Subscriber user;
        bool reachable = true;
        std::string shown; // the number by which others know the user; empty: not said
        CallOffer offer;   // as it came, for those who are reached through the PBX
        std::string aor;
    };

    RingHunt(net::TimerQueue& timers, Plan plan);

    /// The next stage, which begins now; null when there is none. `time_over`: nobody of it answered in time.
    const ring_plan::Stage* next(std::function<void()> time_over);
    void take(ring_plan::Verdict verdict);
    /// Somebody answered, or the call is over.
    void end();

    /// A mobile device turned out to be out of reach.
    void lost_mobile() { lost_ = true; }
    /// A mobile device that could not be reached and comes now may ring with those who ring.
    bool joins() const;
    std::string number(ring_plan::Target target) const;
    const std::string& aor() const noexcept { return plan_.aor; }
    /// The INVITE's common part for a number of the user at that PBX. The cell phone and voicemail learn by
    /// Diversion (RFC 5806) for whom the call was; nobody learns the name that the mobile device registers
    /// with.
    CallOffer offer_for(ring_plan::Target target, const std::string& pbx_host) const;

private:
    Plan plan_;
    std::vector<ring_plan::Stage> stages_;
    std::size_t next_ = 0;
    bool lost_ = false;
    net::Timer time_;
};

} // namespace wakeline::call

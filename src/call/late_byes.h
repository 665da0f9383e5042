// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>

#include "call/strays.h"
#include "registrar/binding.h"

namespace wakeline::call {

/// BYEs for phones that had no connection when their call ended. They are said when the phone is back, so
/// that no app goes on showing a call that is over.
class LateByes {
public:
    static constexpr net::Duration kKept = std::chrono::minutes(3);
    static constexpr std::size_t kMost = 10'000;

    LateByes(net::TimerQueue& timers, Strays& strays) : timers_(timers), strays_(strays) {}

    void keep(registrar::BindingId device, sip::Builder bye);
    void on_registered(const registrar::Binding& binding);
    std::size_t size() const noexcept { return kept_.size(); }

private:
    struct Kept {
        Kept(net::TimerQueue& timers, registrar::BindingId id, sip::Builder request)
            : device(id), bye(std::move(request)), lapse(timers) {}
        registrar::BindingId device;
        sip::Builder bye;
        net::Timer lapse;
    };

    net::TimerQueue& timers_;
    Strays& strays_;
    std::list<Kept> kept_; // oldest first
};

} // namespace wakeline::call

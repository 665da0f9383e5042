// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "call/context.h"
#include "call/leg.h"

namespace wakeline::call {

/// Wakes the phone of a dialog whose connection is gone, once for however many requests wait for it.
class PhoneWake {
public:
    /// It will not come: the push failed, or it had its time. At most once, and never inside the constructor.
    using Failed = std::function<void()>;

    /// Whether there is a phone that could be woken for `leg`.
    static bool possible(const Context& context, const Leg& leg);

    /// `call`: our id of the call, as in the pushes that rang it.
    PhoneWake(Context& context, const Leg& leg, std::string call, Failed failed);
    ~PhoneWake();
    PhoneWake(const PhoneWake&) = delete;
    PhoneWake& operator=(const PhoneWake&) = delete;

    LegId leg() const noexcept { return leg_; }
    bool over() const noexcept { return over_; }

private:
    void fail();

    Context& context_;
    const LegId leg_;
    const Failed failed_;
    push::WakeId push_ = 0; // 0: answered
    bool over_ = false;
    net::Timer patience_;
};

} // namespace wakeline::call

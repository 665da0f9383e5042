// SPDX-License-Identifier: Apache-2.0
#include "call/phone_wake.h"

namespace wakeline::call {

namespace {

/// Well before Timer F of who asks (RFC 4320).
constexpr net::Duration kPatience = std::chrono::seconds(20);

push::Device device_of(const registrar::Binding& binding) {
    return {binding.push.provider, binding.push.param, binding.push.prid};
}

} // namespace

bool PhoneWake::possible(const Context& context, const Leg& leg) {
    const auto binding = context.locator.find(leg.party().device);
    return binding && binding->push.usable() &&
           context.waker.supports(device_of(*binding), push::WakeKind::Request);
}

PhoneWake::PhoneWake(Context& context, const Leg& leg, std::string call, Failed failed)
    : context_(context), leg_(leg.id()), failed_(std::move(failed)), patience_(context.timers) {
    patience_.arm(kPatience, [this] { fail(); });
    const auto binding = context_.locator.find(leg.party().device);
    if (!binding) return;
    push::WakeRequest request;
    request.call = std::move(call);
    request.sip_call_id = leg.dialog().id().call_id;
    request.uuid = context_.names.uuid();
    request.deadline = context_.timers.wall_now() + kPatience;
    request.kind = push::WakeKind::Request;
    request.aor = binding->aor;
    push_ = context_.waker.wake(
        device_of(*binding), request, [] {},
        [this](const push::WakeResult& result) {
            push_ = 0;
            if (result.outcome != push::WakeOutcome::Accepted) fail();
        });
}

PhoneWake::~PhoneWake() {
    if (push_ != 0) context_.waker.cancel(push_);
}

void PhoneWake::fail() {
    if (over_) return;
    over_ = true;
    patience_.cancel();
    failed_();
}

} // namespace wakeline::call

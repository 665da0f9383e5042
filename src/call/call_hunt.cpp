// SPDX-License-Identifier: Apache-2.0
#include "call/call.h"
#include "call/number_branch.h"

namespace wakeline::call {

namespace {

using ring_plan::Stage;
using ring_plan::Target;
using ring_plan::Verdict;

constexpr std::string_view kUnanswered = R"(SIP;cause=408;text="Not answered in time")";
constexpr std::string_view kDecided = R"(SIP;cause=603;text="Decided elsewhere")";

} // namespace

/// Adds its branches; false when there is no further stage. A target that cannot even be tried adds none.
bool Call::next_stage() {
    const Stage* stage = hunt_ ? hunt_->next([this] { on_ring_time_over(); }) : nullptr;
    if (stage == nullptr) return false;
    for (const Target target : stage->targets)
        add_target(target);
    return true;
}

void Call::add_target(Target target) {
    timeline_.note("hunt", std::string(ring_plan::name(target)));
    if (target == Target::Mobile) {
        const std::string uuid = context_.names.uuid();
        for (const registrar::Binding& device : context_.locator.find(user_aor_))
            add_device(device, uuid);
        return;
    }
    fork_.add(std::make_unique<NumberBranch>(context_, *this, timeline_, *hunt_, target));
}

void Call::on_ring_time_over() {
    if (phase_ != Phase::Setup) return;
    for (std::string& name : fork_.names())
        timeline_.note("unanswered", std::move(name));
    drop_callees();
    fork_.time_over(Ending::ours(480, Outcome::Unreachable, "not answered in time"), kUnanswered);
    settle();
}

void Call::obey(Verdict verdict) {
    hunt_->take(verdict);
    switch (verdict) {
    case Verdict::GoOn:
    case Verdict::Stay: return;
    case Verdict::Voicemail:
    case Verdict::End: drop_callees(); return fork_.stop(nullptr, kDecided);
    }
}

/// The call goes on without those who rang.
void Call::drop_callees() {
    for (const LegId id : legs_.others())
        drop_leg(id);
    early_media_ = nullptr;
}

bool Call::merges(const sip::Message& request) const {
    const sip::DialogId& mine = legs_.caller().dialog().id();
    return phase_ == Phase::Setup && hunt_ && mine.call_id == request.call_id() &&
           mine.remote_tag == request.from_tag();
}

} // namespace wakeline::call

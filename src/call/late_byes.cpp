// SPDX-License-Identifier: Apache-2.0
#include "call/late_byes.h"

namespace wakeline::call {

void LateByes::keep(registrar::BindingId device, sip::Builder bye) {
    if (kept_.size() >= kMost) kept_.pop_front();
    kept_.emplace_back(timers_, device, std::move(bye));
    kept_.back().lapse.arm(kKept, [this] { kept_.pop_front(); }); // all are kept equally long
}

void LateByes::on_registered(const registrar::Binding& binding) {
    if (binding.flow == 0) return;
    for (auto at = kept_.begin(); at != kept_.end();) {
        if (at->device != binding.id) {
            ++at;
            continue;
        }
        strays_.add().send(binding.flow, std::move(at->bye));
        at = kept_.erase(at);
    }
}

} // namespace wakeline::call

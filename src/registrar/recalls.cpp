// SPDX-License-Identifier: Apache-2.0
#include "registrar/recalls.h"

#include <algorithm>

namespace wakeline::registrar {

namespace {

using namespace std::chrono_literals;

constexpr net::Duration kNotAgain = 5min; // who dials wrong numbers is not sent away each time
constexpr net::Duration kTurn = 1s;

} // namespace

Recalls::Recalls(net::TimerQueue& timers, Surroundings& around, const Bindings& bindings,
                 RegistrarMetrics& metrics)
    : timers_(timers), around_(around), bindings_(bindings), metrics_(metrics), timer_(timers) {}

void Recalls::recall(const Binding& binding) {
    const auto now = timers_.wall_now();
    const bool by_udp = binding.transport == sip::via_name(sip::TransportKind::Udp);
    if (!binding.awake() || by_udp || now - binding.registered < kNotAgain) return;
    if (!known_.insert(binding.id).second) return;
    waiting_.push_back({binding.id, now});
    if (!timer_.armed()) timer_.arm(kTurn, [this] { work(); });
}

void Recalls::work() {
    const std::size_t turns = std::min(kAtATime, waiting_.size());
    for (std::size_t i = 0; i < turns; ++i) {
        const Recall recall = waiting_.front();
        waiting_.pop_front();
        if (done(recall))
            known_.erase(recall.id);
        else
            waiting_.push_back(recall);
    }
    if (!waiting_.empty()) timer_.arm(kTurn, [this] { work(); });
}

bool Recalls::done(const Recall& recall) {
    const auto binding = bindings_.table().find(recall.id);
    if (!binding || !binding->awake() || binding->registered >= recall.asked) return true;
    if (around_.busy(binding->aor)) return false;
    metrics_.recalled.add();
    around_.close(binding->flow);
    return true;
}

} // namespace wakeline::registrar

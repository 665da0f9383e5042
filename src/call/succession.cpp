// SPDX-License-Identifier: Apache-2.0
#include "call/succession.h"

#include "call/challenge.h"

#include <algorithm>
#include <utility>

namespace wakeline::call {

void Succession::start(std::vector<Way> ways) {
    ways_ = std::move(ways);
    std::ranges::reverse(ways_);
    try_next();
}

bool Succession::try_next() {
    if (ways_.empty()) return false;
    if (trunk_ != nullptr) context_.counters.trunk_failovers.add();
    Way next = std::move(ways_.back());
    ways_.pop_back();
    trunk_ = next.trunk;
    authorized_ = false;
    context_.graveyard.bury(
        std::exchange(outgoing_, std::make_unique<Outgoing>(context_.transactions, *this)));
    outgoing_->send(*trunk_, std::move(next.request));
    return true;
}

void Succession::on_response(Outgoing& request, const sip::Message& response) {
    if (!authorized_ && authorize(response)) return;
    if (trunk_->leaves_on(response.status()) && try_next()) return;
    user_.on_response(request, response);
}

/// A PBX that asks for our own password has it.
bool Succession::authorize(const sip::Message& response) {
    if (!is_challenge(response)) return false;
    sip::Builder again = outgoing_->again();
    authorized_ = answer_challenge(trunk_, response, again);
    if (authorized_) outgoing_->send(*trunk_, std::move(again));
    return authorized_;
}

void Succession::on_failure(Outgoing& request, sip::TxFailure why) {
    if (!try_next()) user_.on_failure(request, why);
}

} // namespace wakeline::call

// SPDX-License-Identifier: Apache-2.0
#include "call/call_legs.h"

#include <algorithm>

namespace wakeline::call {

namespace {

constexpr std::size_t kMostForks = 20; // early dialogs of one call: a fork bomb behind the PBX stops here

} // namespace

Leg& CallLegs::set_caller(sip::Dialog dialog, Party party) {
    caller_ =
        std::make_unique<Leg>(context_, Dialogs::Entry{&user_, kCaller}, std::move(dialog), std::move(party));
    return *caller_;
}

Leg* CallLegs::find(LegId id) {
    if (id == kCaller) return caller_.get();
    const auto at = std::ranges::find_if(callees_, [id](const Callee& c) { return c.leg->id() == id; });
    return at == callees_.end() ? nullptr : at->leg.get();
}

Leg* CallLegs::callee(Branch& branch, const sip::Message& response, const std::string& contact) {
    const std::string_view tag = response.to_tag();
    if (tag.empty()) return nullptr;
    for (Callee& callee : callees_)
        if (callee.branch == &branch && callee.leg->dialog().id().remote_tag == tag) {
            if (response.status() >= 200) callee.leg->dialog().confirm(response);
            return callee.leg.get();
        }
    if (callees_.size() >= kMostForks) return nullptr;
    Party party = branch.party();
    party.contact = contact;
    callees_.push_back({&branch, std::make_unique<Leg>(context_, Dialogs::Entry{&user_, ++last_},
                                                       branch.dialog_from(response), std::move(party))});
    return callees_.back().leg.get();
}

Branch* CallLegs::branch_of(LegId id) {
    const auto at = std::ranges::find_if(callees_, [id](const Callee& c) { return c.leg->id() == id; });
    return at == callees_.end() ? nullptr : at->branch;
}

Leg* CallLegs::opposite() {
    if (chosen_ != 0) return find(chosen_);
    return callees_.empty() ? nullptr : callees_.front().leg.get();
}

std::vector<LegId> CallLegs::others() const {
    std::vector<LegId> ids;
    for (const Callee& callee : callees_)
        if (callee.leg->id() != chosen_) ids.push_back(callee.leg->id());
    return ids;
}

std::vector<LegId> CallLegs::of(const Branch& branch) const {
    std::vector<LegId> ids;
    for (const Callee& callee : callees_)
        if (callee.branch == &branch) ids.push_back(callee.leg->id());
    return ids;
}

void CallLegs::remove(LegId id) {
    std::erase_if(callees_, [id](const Callee& callee) { return callee.leg->id() == id; });
    if (chosen_ == id) chosen_ = 0;
}

} // namespace wakeline::call

// SPDX-License-Identifier: Apache-2.0
#include "call/call_table.h"

#include <algorithm>

namespace wakeline::call {

Call& CallTable::add(Call::Invite invite) {
    auto call = std::make_unique<Call>(context_, *this, std::move(invite));
    Call& added = *call;
    by_user_.emplace(added.user_aor(), &added);
    calls_.emplace(added.id(), std::move(call));
    context_.capacity.set_calls(calls_.size());
    return added;
}

Call* CallTable::find(std::string_view id) {
    const auto at = calls_.find(id);
    return at == calls_.end() ? nullptr : at->second.get();
}

std::vector<Call*> CallTable::of(const std::string& aor) {
    std::vector<Call*> calls;
    const auto [begin, end] = by_user_.equal_range(aor);
    for (auto at = begin; at != end; ++at)
        calls.push_back(at->second);
    return calls;
}

Call* CallTable::with_media(media::MediaId id) {
    const auto at = std::ranges::find_if(calls_, [id](const auto& c) { return c.second->media_id() == id; });
    return at == calls_.end() ? nullptr : at->second.get();
}

std::vector<Call*> CallTable::all() {
    std::vector<Call*> calls;
    calls.reserve(calls_.size());
    for (const auto& [id, call] : calls_)
        calls.push_back(call.get());
    return calls;
}

void CallTable::forget(const std::string& aor, const Call& call) {
    const auto [begin, end] = by_user_.equal_range(aor);
    const auto mine = std::find_if(begin, end, [&](const auto& entry) { return entry.second == &call; });
    if (mine != end) by_user_.erase(mine);
}

void CallTable::on_call_ended(Call& call) {
    forget(call.user_aor(), call);
    for (const std::string& aor : call.further_users())
        forget(aor, call);
    const auto at = calls_.find(call.id());
    if (at == calls_.end()) return;
    context_.graveyard.bury(std::move(at->second));
    calls_.erase(at);
    context_.capacity.set_calls(calls_.size());
}

} // namespace wakeline::call

// SPDX-License-Identifier: Apache-2.0
#include "call/subscribers.h"

#include "base/text.h"

namespace wakeline::call {

namespace {

/// PBXes write one number with and without it.
std::string_view without_plus(std::string_view number) {
    return number.starts_with('+') ? number.substr(1) : number;
}

} // namespace

void Subscribers::replace(Map all) {
    all_ = std::move(all);
    shown_.clear();
    for (const auto& [name, subscriber] : all_) {
        const std::string user = name.substr(0, name.find('@'));
        const std::string& face = subscriber.number.empty() ? user : subscriber.number;
        if (!subscriber.number.empty()) shown_.emplace(without_plus(user), face);
        if (!subscriber.cell.empty()) shown_.emplace(without_plus(subscriber.cell), face);
    }
}

const Subscriber* Subscribers::find(std::string_view aor) const {
    if (!aor.starts_with("sip:")) return nullptr;
    aor.remove_prefix(4);
    auto at = all_.find(aor);
    if (at == all_.end()) at = all_.find(aor.substr(0, aor.rfind('@')));
    return at == all_.end() ? nullptr : &at->second;
}

std::optional<std::string> Subscribers::shown(std::string_view user) const {
    const auto at = shown_.find(without_plus(user));
    return at == shown_.end() ? std::nullopt : std::optional(at->second);
}

} // namespace wakeline::call

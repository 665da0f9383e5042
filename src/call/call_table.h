// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "call/call.h"

namespace wakeline::call {

/// Owns the calls that have not ended.
class CallTable final : public Call::Owner {
public:
    explicit CallTable(Context& context) : context_(context) {}

    Call& add(Call::Invite invite);
    /// Null when there is none (any more).
    Call* find(std::string_view id);
    /// Of that phone user.
    std::vector<Call*> of(const std::string& aor);
    bool has(const std::string& aor) const { return by_user_.contains(aor); }
    Call* with_media(media::MediaId id);
    std::vector<Call*> all();

    std::size_t size() const noexcept { return calls_.size(); }

    void on_call_ended(Call& call) override;
    void on_call_redirected(Call& call, const std::string& aor) override { by_user_.emplace(aor, &call); }

private:
    void forget(const std::string& aor, const Call& call);

    Context& context_;
    // The keys lie in the calls.
    std::unordered_map<std::string_view, std::unique_ptr<Call>> calls_; // by id
    std::unordered_multimap<std::string_view, Call*> by_user_;
};

} // namespace wakeline::call

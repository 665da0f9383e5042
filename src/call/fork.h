// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "call/branch.h"

namespace wakeline::call {

/// True when `a` tells the caller more than `b`: RFC 3261 16.7 step 6. 6xx before all, then the lowest class;
/// in it an answer of the callee before one of ours, and those that ask for something before the others.
bool better(const Ending& a, const Ending& b);

/// The branches of one call, and the best of what the dead ones said.
class Fork {
public:
    explicit Fork(Graveyard& graveyard) : graveyard_(graveyard) {}

    Branch& add(std::unique_ptr<Branch> branch);
    /// Those added since the last time. Branches may die at once; `settled` tells afterwards.
    void start();
    /// Stops all but that one.
    void stop(const Branch* but, std::string_view why);
    void on_hold_end();
    void on_registered(const registrar::Binding& binding);

    /// Nobody has answered in time; `why`: Reason of the CANCEL.
    void time_over(Ending ending, std::string_view why);
    bool has(registrar::BindingId device) const;
    /// A branch has no more to say.
    void ended(Branch& branch, Ending ending);
    /// Others have its place: what it said tells nobody anything.
    void replaced(Branch& branch);
    /// All branches are dead, and nothing is in the middle of starting them.
    bool settled() const noexcept { return alive_.empty() && !busy_; }
    /// Of all endings so far; 480 when there was no branch at all.
    Ending best() const;

    std::size_t size() const noexcept { return alive_.size(); }
    /// Those who ring, for the timeline.
    std::vector<std::string> names() const;
    Branch& first() { return *alive_.front(); }
    Branch& last() { return *alive_.back(); }
    /// Every branch that lives waits for its device.
    bool held() const;

private:
    std::vector<Branch*> all() const;
    void bury(std::unique_ptr<Branch>& branch);

    Graveyard& graveyard_;
    std::vector<std::unique_ptr<Branch>> alive_;
    std::vector<Branch*> fresh_; // added, not started
    std::unique_ptr<Ending> best_;
    bool busy_ = false;
};

} // namespace wakeline::call

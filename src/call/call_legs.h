// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "call/branch.h"
#include "call/leg.h"

namespace wakeline::call {

/// The dialogs of one call: the caller's, and one for each answer that a branch has brought. A fork behind
/// the PBX brings several (RFC 3261 12.1.2); the 2xx leaves one.
class CallLegs {
public:
    static constexpr LegId kCaller = 1;

    CallLegs(Context& context, DialogUser& user) : context_(context), user_(user) {}

    Leg& set_caller(sip::Dialog dialog, Party party);
    Leg& caller() { return *caller_; }
    const Leg& caller() const { return *caller_; }

    Leg* find(LegId id);
    /// The dialog that this answer is in, begun if it is its first; null when the answer has no To tag.
    Leg* callee(Branch& branch, const sip::Message& response, const std::string& contact);
    /// The branch that brought that dialog.
    Branch* branch_of(LegId id);
    /// The leg opposite to the caller: the one that answered, else the first early one. May be null.
    Leg* opposite();
    void choose(Leg& leg) { chosen_ = leg.id(); }
    bool is_chosen(const Leg& leg) const { return chosen_ == leg.id(); }
    /// Those that are not the chosen one, which is all of them before `choose`.
    std::vector<LegId> others() const;
    std::vector<LegId> of(const Branch& branch) const;
    void remove(LegId id);

private:
    struct Callee {
        Branch* branch;
        std::unique_ptr<Leg> leg;
    };
    Context& context_;
    DialogUser& user_;
    std::unique_ptr<Leg> caller_;
    std::vector<Callee> callees_;
    LegId last_ = kCaller, chosen_ = 0;
};

} // namespace wakeline::call

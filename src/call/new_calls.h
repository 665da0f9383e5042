// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "call/admission.h"
#include "call/call_table.h"
#include "call/destination.h"

namespace wakeline::call {

/// Makes a call of an INVITE, or refuses it: who is called, by which names, within which limits.
class NewCalls {
public:
    NewCalls(Context& context, CallTable& calls)
        : context_(context), calls_(calls), admission_(context, calls) {}

    void configure(const LimitsConfig& limits) { admission_.configure(limits); }

    void to_phone(const Arrival& arrival);
    void from_phone(const Arrival& arrival);
    /// No new calls from now on; 503.
    void drain() { admission_.drain(); }

private:
    Call::Invite invite(const Arrival& arrival, const std::string& contact_user,
                        const HeaderPolicy& policy) const;
    /// Why that INVITE cannot be honoured; nothing when it can.
    std::optional<Ending> unfit(const sip::Message& request, Call::Invite& made) const;
    void assert_identity(const sip::Message& request, const std::string& aor, AssertIdentity when,
                         Relayed& relayed) const;
    AssertIdentity asserted_to(const std::string& trunk) const;
    struct FromPhone {
        const sip::Message& request;
        const std::string& aor;
        bool registered = false;
    };
    Relayed passes_to(const std::string& trunk, const FromPhone& caller) const;
    TrunkWays ways(const std::vector<trunk::Trunk*>& trunks, const FromPhone& caller) const;
    /// Translates Replaces (RFC 3891) into the offer; the status when it cannot be honoured, else 0.
    int take_replaces(const sip::Message& request, CallOffer& offer) const;
    void ring(Call& call, const Destination& destination);
    bool hunts(const CallOffer& offer) const;
    bool is_merged(const Arrival& arrival, const std::string& aor) const;
    std::unique_ptr<RingHunt> hunt(const Arrival& arrival, const std::string& aor,
                                   const CallOffer& offer) const;

    Context& context_;
    CallTable& calls_;
    Admission admission_;
};

} // namespace wakeline::call

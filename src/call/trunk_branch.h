// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call/branch.h"

namespace wakeline::call {

/// The one branch of a call from a phone: the INVITE to the PBX, with the phone's Request-URI, From and To,
/// so that digest works end to end.
class TrunkBranch final : public Branch {
public:
    /// The names of the leg towards the PBX: the same when the phone repeats its INVITE with credentials.
    struct Naming {
        std::string call_id, from_tag;
        std::uint32_t cseq = 1;
        std::string contact_user;
    };

    TrunkBranch(Context& context, Owner& owner, Timeline& timeline, const CallOffer& offer, sip::NextHop& hop,
                Naming naming);

    void start() override;
    void stop(std::string_view why) override;

    void on_response(Outgoing& invite, const sip::Message& response) override;
    void on_failure(Outgoing& invite, sip::TxFailure why) override;

private:
    sip::NextHop& hop_;
    Naming naming_;
};

} // namespace wakeline::call

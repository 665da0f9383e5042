// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call/ring_hunt.h"
#include "call/trunk_branch.h"

namespace wakeline::call {

/// Made before the branch that refers to it.
struct OwnOffer {
    CallOffer own_offer;
};

/// A number at the PBX that a hunt rings: desk phone, cell phone or voicemail of a user whom the PBX called.
/// The PBX gets its own call back, so its SDP goes back to it as it is: media do not come here. Where that
/// PBX cannot take it, the next trunk of the user does.
class NumberBranch final : OwnOffer, public TrunkBranch {
public:
    /// `hunt` outlives it.
    NumberBranch(Context& context, Owner& owner, Timeline& timeline, const RingHunt& hunt,
                 ring_plan::Target target);

    Status prepare_media() override;
    ring_plan::Target target() const override { return target_; }

private:
    void address(const trunk::Trunk& trunk) override;
    bool take_share(const trunk::Trunk&) override { return true; }

    const RingHunt& hunt_;
    ring_plan::Target target_;
};

} // namespace wakeline::call

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call/branch.h"

namespace wakeline::call {

/// Made before the branch that refers to it.
struct OwnOffer {
    const CallOffer own_offer;
};

/// A number at the PBX that a hunt rings: desk phone, cell phone or voicemail of a user whom the PBX called.
/// The PBX gets its own call back, so its SDP goes back to it as it is: media do not come here.
class NumberBranch final : OwnOffer, public Branch {
public:
    NumberBranch(Context& context, Owner& owner, Timeline& timeline, CallOffer offer,
                 ring_plan::Target target, trunk::Trunk& trunk);

    void start() override;
    void stop(std::string_view why) override;
    Status prepare_media() override;
    ring_plan::Target target() const override { return target_; }

    void on_response(Outgoing& invite, const sip::Message& response) override;
    void on_failure(Outgoing& invite, sip::TxFailure why) override;

private:
    ring_plan::Target target_;
    trunk::Trunk& trunk_;
    trunk::Line line_;
    const std::string call_id_, from_tag_;
};

} // namespace wakeline::call

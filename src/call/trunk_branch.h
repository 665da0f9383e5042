// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "call/branch.h"

namespace wakeline::call {

/// The branch of a call to the PBX: the INVITE with the caller's Request-URI, From and To, so that digest
/// works end to end, unless the trunk has rules for numbers. It tries the trunks in their order: one whose
/// lines are busy, that does not answer, or that refuses in a way that it is configured to be left for, makes
/// room for the next, as long as nothing rings.
class TrunkBranch final : public Branch {
public:
    /// The names of the leg towards the PBX: the same when the phone repeats its INVITE with credentials.
    struct Naming {
        std::string call_id, from_tag;
        std::uint32_t cseq = 1;
        std::string contact_user;
    };
    using Trunks = std::vector<trunk::Trunk*>;

    TrunkBranch(Context& context, Owner& owner, Timeline& timeline, const CallOffer& offer, Trunks trunks,
                Naming naming);

    void start() override { try_next(); }
    void stop(std::string_view why) override;

    void on_sent(Outgoing& invite) override;
    void on_response(Outgoing& invite, const sip::Message& response) override;
    void on_failure(Outgoing& invite, sip::TxFailure why) override;

private:
    void try_next();
    void send(trunk::Trunk& trunk);
    /// How the last trunk failed is how the branch does.
    void leave(const Ending& ending);
    void on_progress(const sip::Message& provisional);
    void on_ringing_end();

    Trunks trunks_; // still to try, the next one first
    trunk::Trunk* trunk_ = nullptr;
    trunk::Line line_;
    Naming naming_;
    Ending ending_;
    bool heard_ = false, rang_ = false; // at the trunk of now
    net::Timer silence_, ringing_;
};

} // namespace wakeline::call

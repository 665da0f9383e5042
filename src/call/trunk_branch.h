// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "call/branch.h"
#include "call/trunk_way.h"

namespace wakeline::call {

/// The branch of a call to the PBX: the INVITE with the caller's Request-URI, From and To, so that digest
/// works end to end, unless the trunk has rules for numbers. It tries the trunks in their order: one whose
/// lines are busy, that does not answer, or that refuses in a way that it is configured to be left for, makes
/// room for the next, as long as nothing rings. What each of them may hear, in headers and in SDP, is its
/// own.
class TrunkBranch : public Branch {
public:
    /// The names of the leg towards the PBX: the same when the phone repeats its INVITE with credentials.
    struct Naming {
        std::string call_id, from_tag;
        std::uint32_t cseq = 1;
        std::string contact_user;
    };

    TrunkBranch(Context& context, Owner& owner, Timeline& timeline, const CallOffer& offer, TrunkWays ways,
                Naming naming);

    void start() override { try_next(); }
    void stop(std::string_view why) override;

    void on_sent(Outgoing& invite) override;
    void on_response(Outgoing& invite, const sip::Message& response) override;
    void on_failure(Outgoing& invite, sip::TxFailure why) override;
    void settle(std::uint64_t cost) override { share_.settle(cost); }

protected:
    TrunkBranch(Context& context, Owner& owner, Timeline& timeline, const CallOffer& offer, Party party,
                Naming naming);
    void set_ways(TrunkWays ways) { ways_ = std::move(ways); }
    /// The call goes there now.
    virtual void address(const trunk::Trunk&) {}
    /// Takes a place on the line to the internet, where the call has none yet. False when there is none.
    virtual bool take_share(const trunk::Trunk& trunk);
    Pbx pbx() const override;
    const Relayed& relayed() const override { return relayed_ ? *relayed_ : offer_.relayed; }

private:
    void try_next();
    /// Empty, or why the call cannot go there.
    std::optional<Ending> take_places(trunk::Trunk& trunk);
    void send(trunk::Trunk& trunk);
    sip::NameAddr caller_at(const trunk::Trunk& trunk) const;
    /// How the last trunk failed is how the branch does.
    void leave(const Ending& ending);
    /// The INVITE once more, for a PBX that asks for our password. Nothing when it does not, or has had it.
    std::optional<sip::Builder> authorized(const sip::Message& response);
    void on_progress(const sip::Message& provisional);
    void on_ringing_end();

    TrunkWays ways_; // still to try, the next one first
    trunk::Trunk* trunk_ = nullptr;
    std::unique_ptr<Relayed> relayed_; // what passes there, if that is not what the offer says
    trunk::Line line_;
    Upstream::Share share_;
    Naming naming_;
    Ending ending_;
    bool heard_ = false, rang_ = false, authorized_ = false; // at the trunk of now
    net::Timer silence_, ringing_;
};

} // namespace wakeline::call

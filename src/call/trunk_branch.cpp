// SPDX-License-Identifier: Apache-2.0
#include "call/trunk_branch.h"

namespace wakeline::call {

TrunkBranch::TrunkBranch(Context& context, Owner& owner, Timeline& timeline, const CallOffer& offer,
                         sip::NextHop& hop, Naming naming)
    : Branch(context, owner, timeline, offer, {sip::Side::Trunk, 0, "pbx", {}}), hop_(hop),
      naming_(std::move(naming)) {}

void TrunkBranch::start() {
    sip::Builder invite = sip::Builder::request("INVITE", offer_.request_uri);
    fill(invite, naming_.from_tag);
    invite.add("To", offer_.to.str());
    invite.add("Call-ID", naming_.call_id).add("CSeq", std::to_string(naming_.cseq) + " INVITE");
    const std::string user = naming_.contact_user.empty() ? "" : naming_.contact_user + '@';
    invite.add("Contact", "<sip:" + user + hop_.contact_host() + '>');
    timeline_.note("invite_sent", party_.name);
    invite_ = std::make_unique<Outgoing>(context_.transactions, *this);
    invite_->send(hop_, std::move(invite));
}

void TrunkBranch::stop(std::string_view why) { give_up_invite(why); }

void TrunkBranch::on_response(Outgoing&, const sip::Message& response) {
    if (const sip::FlowInfo* flow = context_.transport.info(invite_->flow()))
        media_.set_signalling(media::MediaSide::Trunk, flow->remote);
    if (auto again = lengthened(response)) return invite_->send(hop_, *std::move(again));
    if (response.status() < 200)
        owner_.on_branch_progress(*this, response);
    else if (response.status() < 300)
        owner_.on_branch_success(*this, response);
    else
        owner_.on_branch_refused(*this, response);
}

void TrunkBranch::on_failure(Outgoing&, sip::TxFailure why) {
    const bool late = why == sip::TxFailure::Timeout;
    owner_.on_branch_dead(*this, Ending::ours(late ? 504 : 503, Outcome::Unreachable,
                                              late ? "PBX does not answer" : "PBX is not reachable"));
}

} // namespace wakeline::call

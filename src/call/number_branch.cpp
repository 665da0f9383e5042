// SPDX-License-Identifier: Apache-2.0
#include "call/number_branch.h"

namespace wakeline::call {

NumberBranch::NumberBranch(Context& context, Owner& owner, Timeline& timeline, CallOffer offer,
                           ring_plan::Target target, trunk::Trunk& trunk)
    : OwnOffer{std::move(offer)}, Branch(context, owner, timeline, own_offer,
                                         {.side = sip::Side::Trunk,
                                          .device = 0,
                                          .name = std::string(ring_plan::name(target)),
                                          .contact = {},
                                          .instead_of_phone = true}),
      target_(target), trunk_(trunk), call_id_(context.names.token()), from_tag_(context.names.token()) {}

Status NumberBranch::prepare_media() {
    media_.pass();
    if (!offer_.sdp.empty() && !media_.offered_by()) {
        auto offered = media_.offer(media::MediaSide::Trunk, offer_.sdp);
        if (!offered) return offered.error();
        sdp_ = *std::move(offered);
    }
    return Done{};
}

void NumberBranch::start() {
    if (auto good = prepare_media(); !good)
        return owner_.on_branch_dead(*this, Ending::ours(488, Outcome::Refused, "SDP cannot be used"));
    auto line = trunk_.lines().seize();
    if (!line) {
        context_.counters.lines_busy.add();
        return owner_.on_branch_dead(
            *this, Ending::ours(503, Outcome::Unreachable, "all lines busy", trunk_.name()));
    }
    line_ = *std::move(line);
    sip::Builder invite = sip::Builder::request("INVITE", offer_.request_uri);
    fill(invite, from_tag_);
    invite.add("To", offer_.to.str()).add("Call-ID", call_id_).add("CSeq", "1 INVITE");
    const std::string& user = offer_.from.uri.user;
    invite.add("Contact", "<sip:" + (user.empty() ? "" : user + '@') + trunk_.contact_host() + '>');
    timeline_.note("invite_sent", party_.name);
    invite_ = std::make_unique<Outgoing>(context_.transactions, *this);
    invite_->send(trunk_, std::move(invite));
}

void NumberBranch::stop(std::string_view why) {
    give_up_invite(why);
    line_ = {};
}

void NumberBranch::on_response(Outgoing&, const sip::Message& response) {
    if (auto again = lengthened(response)) return invite_->send(trunk_, *std::move(again));
    if (response.status() < 200)
        owner_.on_branch_progress(*this, response);
    else if (response.status() < 300)
        owner_.on_branch_success(*this, response);
    else
        owner_.on_branch_refused(*this, response);
}

void NumberBranch::on_failure(Outgoing&, sip::TxFailure why) {
    const bool late = why == sip::TxFailure::Timeout;
    owner_.on_branch_dead(*this, Ending::ours(late ? 504 : 503, Outcome::Unreachable,
                                              late ? "PBX does not answer" : "PBX is not reachable"));
}

} // namespace wakeline::call

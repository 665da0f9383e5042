// SPDX-License-Identifier: Apache-2.0
#include "call/number_branch.h"

namespace wakeline::call {

NumberBranch::NumberBranch(Context& context, Owner& owner, Timeline& timeline, const RingHunt& hunt,
                           ring_plan::Target target)
    : OwnOffer{hunt.offer_for(target, {})}, TrunkBranch(context, owner, timeline, own_offer,
                                                        {.side = sip::Side::Trunk,
                                                         .device = 0,
                                                         .name = std::string(ring_plan::name(target)),
                                                         .contact = {},
                                                         .instead_of_phone = true},
                                                        {.call_id = context.names.token(),
                                                         .from_tag = context.names.token(),
                                                         .cseq = 1,
                                                         .contact_user = own_offer.from.uri.user}),
      hunt_(hunt), target_(target) {
    set_ways(ways_over(context.peers.choose({.aor = hunt.aor(), .granted_by = own_offer.trunk})));
}

void NumberBranch::address(const trunk::Trunk& trunk) {
    own_offer = hunt_.offer_for(target_, trunk.uri().host);
}

Status NumberBranch::prepare_media() {
    media_.pass();
    if (!offer_.sdp.empty() && !media_.offered_by()) {
        auto offered = media_.offer(media::MediaSide::Trunk, offer_.sdp);
        if (!offered) return offered.error();
        sdp_ = *std::move(offered);
    }
    return Done{};
}

} // namespace wakeline::call

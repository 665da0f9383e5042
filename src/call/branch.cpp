// SPDX-License-Identifier: Apache-2.0
#include "call/branch.h"

#include "call/media_refusal.h"
#include "call/media_security.h"
#include "call/session_expires.h"

namespace wakeline::call {

bool CallOffer::has_video() const {
    const auto at = sdp.find("m=video ");
    return at != std::string::npos && sdp.compare(at + 8, 2, "0 ") != 0;
}

std::size_t CallOffer::octets() const {
    std::size_t sum = sdp.size() + relayed.body.size() + from.display.size() + request_uri.size();
    for (const auto& [name, value] : relayed.headers)
        sum += name.size() + value.size();
    return sum;
}

Ending Ending::ours(int status, Outcome outcome, std::string_view text, const std::string& detail) {
    Ending ending;
    ending.status = status;
    ending.outcome = outcome;
    ending.relayed.set("Reason",
                       "SIP;cause=" + std::to_string(status) + ";text=\"" + std::string(text) + '"');
    ending.why = std::string(text) + (detail.empty() ? "" : ": " + detail);
    return ending;
}

Ending Ending::unfit(const Error& error, std::string_view agent) {
    Ending ending = ours(488, Outcome::Refused, "SDP cannot be used", error.message);
    ending.relayed.set("Warning", media_warning(error.code, agent));
    return ending;
}

Branch::Branch(Context& context, Owner& owner, Timeline& timeline, const CallOffer& offer, Party party)
    : context_(context), owner_(owner), timeline_(timeline), offer_(offer), party_(std::move(party)),
      media_(context.media, timeline.id()) {}

Branch::~Branch() { context_.strays.adopt(std::move(invite_), {}); }

Status Branch::prepare_media() {
    if (media_.id() != 0) return Done{};
    const bool from_phone = offer_.caller_side == sip::Side::Access;
    const Pbx with = pbx();
    OfferAnswer::Ends ends{.phone = {},
                           .trunk = {},
                           .phone_secure = phone_is_secure(),
                           .trunk_name = with.name,
                           .trunk_secure = with.secure};
    (from_phone ? ends.phone : ends.trunk) = offer_.caller_address;
    media_.open(ends);
    if (offer_.sdp.empty()) return Done{};
    auto offered = media_.offer(from_phone ? media::MediaSide::Phone : media::MediaSide::Trunk, offer_.sdp);
    if (!offered) return offered.error();
    sdp_ = *std::move(offered);
    return Done{};
}

void Branch::release_media() {
    media_.close({});
    std::string().swap(sdp_); // its memory too
}

sip::Dialog Branch::dialog_from(const sip::Message& response) const {
    return sip::Dialog::from_response(invite_->request(), response, invite_->flow(),
                                      invite_->request().first("Contact"));
}

void Branch::fill(sip::Builder& invite, const std::string& from_tag) const {
    sip::NameAddr from = offer_.from;
    from.params.set("tag", from_tag);
    invite.add("Max-Forwards", std::to_string(offer_.max_forwards));
    invite.add("From", from.str());
    if (offer_.single_branch) {
        relayed().add_to(invite);
    } else {
        Relayed without = relayed();
        without.remove_option("100rel");
        without.add_to(invite);
    }
    if (!offer_.replaces.empty() && offer_.replaces_device == party_.device)
        invite.add("Replaces", offer_.replaces);
    if (sdp_.empty()) return;
    tell_security(context_.config, party_.side, media_, sdp_, invite);
    relayed().put_sdp(invite, sdp_);
}

std::optional<sip::Builder> Branch::lengthened(const sip::Message& refusal) {
    if (refusal.status() != 422 || !invite_ || invite_->request().find("Min-SE")) return std::nullopt;
    sip::Builder again = invite_->again();
    const auto value = again.find("Session-Expires");
    const auto asked = value ? SessionExpires::parse(*value) : std::nullopt;
    const auto least = min_session(refusal);
    if (!asked || asked->interval >= least) return std::nullopt;
    again.set("Session-Expires", SessionExpires{least, asked->refresher}.str());
    again.set("Min-SE", std::to_string(least.count()));
    context_.graveyard.bury(std::exchange(invite_, std::make_unique<Outgoing>(context_.transactions, *this)));
    return again;
}

void Branch::give_up_invite(std::string_view why) {
    if (invite_) context_.strays.adopt(std::move(invite_), std::string(why));
}

} // namespace wakeline::call

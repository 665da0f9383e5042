// SPDX-License-Identifier: Apache-2.0
#include "call/trunk_branch.h"

#include <utility>

#include "call/challenge.h"
#include "call/codec_cost.h"
#include "call/numbers.h"

namespace wakeline::call {

namespace {

using trunk::RuleField;

// After the trunk's own move to its next address, which is due at the same time.
constexpr net::Duration kAfterTrunk = std::chrono::milliseconds(100);
constexpr std::string_view kNoAnswer = R"(SIP;cause=408;text="No answer in time")";

Ending unreachable(int status, std::string_view text, const std::string& trunk) {
    Ending ending = Ending::ours(status, Outcome::Unreachable, text, trunk);
    if (status == 503) ending.relayed.set("Retry-After", "5");
    return ending;
}

} // namespace

TrunkBranch::TrunkBranch(Context& context, Owner& owner, Timeline& timeline, const CallOffer& offer,
                         Party party, Naming naming)
    : Branch(context, owner, timeline, offer, std::move(party)), naming_(std::move(naming)),
      ending_(unreachable(503, "PBX is not reachable", {})), silence_(context.timers),
      ringing_(context.timers) {}

TrunkBranch::TrunkBranch(Context& context, Owner& owner, Timeline& timeline, const CallOffer& offer,
                         TrunkWays ways, Naming naming)
    : TrunkBranch(context, owner, timeline, offer, Party{sip::Side::Trunk, 0, "pbx", {}}, std::move(naming)) {
    ways_ = std::move(ways);
}

Branch::Pbx TrunkBranch::pbx() const {
    return trunk_ == nullptr ? Branch::pbx() : Pbx{trunk_->name(), speaks_tls(trunk_->uri())};
}

void TrunkBranch::try_next() {
    while (!ways_.empty()) {
        TrunkWay next = std::move(ways_.front());
        ways_.erase(ways_.begin());
        if (!next.trunk->available() && !offer_.emergency) continue;
        if (auto refused = take_places(*next.trunk)) {
            ending_ = *std::move(refused);
            continue;
        }
        relayed_ = std::move(next.relayed);
        return send(*next.trunk);
    }
    owner_.on_branch_dead(*this, std::move(ending_));
}

std::optional<Ending> TrunkBranch::take_places(trunk::Trunk& trunk) {
    auto line = trunk.lines().seize(offer_.emergency);
    if (!line) {
        timeline_.note("all_lines_busy", trunk.name());
        context_.counters.lines_busy.add();
        return unreachable(503, "all lines busy", trunk.name());
    }
    if (!take_share(trunk)) return unreachable(503, "no room on the line to the internet", trunk.name());
    // Another trunk has another policy, and the session of the first has its addresses.
    if (media_.id() != 0 && pbx().name != trunk.name()) release_media();
    trunk_ = &trunk;
    address(trunk);
    if (auto usable = prepare_media(); !usable) {
        const auto& domains = context_.config.domains;
        return Ending::unfit(usable.error(), domains.empty() ? "wakeline" : domains.front());
    }
    line_ = *std::move(line);
    return std::nullopt;
}

bool TrunkBranch::take_share(const trunk::Trunk& trunk) {
    share_ = {};
    const trunk::Trunk* planned = context_.peers.find(offer_.trunk);
    const bool has_one = planned != nullptr && planned->internet();
    if (has_one || !trunk.internet() || !context_.upstream.limited()) return true;
    auto share = context_.upstream.take(cost_of_offer(offer_.sdp), 1, offer_.emergency);
    if (!share) return false;
    share_ = *std::move(share);
    return true;
}

/// A number that came from that PBX goes back as it is.
sip::NameAddr TrunkBranch::caller_at(const trunk::Trunk& trunk) const {
    sip::NameAddr from = offer_.from;
    if (offer_.caller_side == sip::Side::Trunk) {
        if (offer_.trunk == trunk.name()) return from;
        if (const trunk::Trunk* origin = context_.peers.find(offer_.trunk))
            from.uri = number_from(std::move(from.uri), *origin, RuleField::Calling);
    }
    return with_number(std::move(from), trunk, RuleField::Calling);
}

void TrunkBranch::send(trunk::Trunk& trunk) {
    heard_ = rang_ = authorized_ = false;
    if (!party_.instead_of_phone) {
        party_.name = trunk.name();
        timeline_.trunk(trunk.name());
    }
    sip::Builder invite =
        sip::Builder::request("INVITE", with_number(offer_.request_uri, trunk, RuleField::Called));
    fill(invite, naming_.from_tag);
    if (auto from = caller_at(trunk); from.uri.user != offer_.from.uri.user) {
        from.params.set("tag", naming_.from_tag);
        invite.set("From", from.str());
    }
    invite.add("To", with_number(offer_.to, trunk, RuleField::Called).str());
    invite.add("Call-ID", naming_.call_id).add("CSeq", std::to_string(naming_.cseq) + " INVITE");
    const std::string user = naming_.contact_user.empty() ? "" : naming_.contact_user + '@';
    invite.add("Contact", "<sip:" + user + trunk.contact_host() + '>');
    timeline_.note("invite_sent", party_.name);
    invite_ = std::make_unique<Outgoing>(context_.transactions, *this);
    invite_->send(trunk, std::move(invite));
}

void TrunkBranch::stop(std::string_view why) {
    silence_.cancel();
    ringing_.cancel();
    give_up_invite(why);
    line_ = {};
    share_ = {};
}

void TrunkBranch::on_sent(Outgoing&) {
    silence_.arm(trunk_->call_response() + kAfterTrunk,
                 [this] { leave(unreachable(504, "PBX does not answer", trunk_->name())); });
}

void TrunkBranch::on_response(Outgoing&, const sip::Message& response) {
    silence_.cancel();
    heard_ = true;
    if (const sip::FlowInfo* flow = context_.transport.info(invite_->flow()))
        media_.set_signalling(media::MediaSide::Trunk, flow->remote);
    if (auto again = lengthened(response)) return invite_->send(*trunk_, *std::move(again));
    if (auto again = authorized(response)) return invite_->send(*trunk_, *std::move(again));
    if (response.status() < 200) return on_progress(response);
    ringing_.cancel();
    if (response.status() < 300) return owner_.on_branch_success(*this, response);
    if (!rang_ && !ways_.empty() && trunk_->leaves_on(response.status()))
        return leave(unreachable(response.status(), response.reason(), trunk_->name()));
    line_ = {};
    share_ = {};
    owner_.on_branch_refused(*this, response);
}

std::optional<sip::Builder> TrunkBranch::authorized(const sip::Message& response) {
    if (authorized_ || !is_challenge(response)) return std::nullopt;
    sip::Builder again = invite_->again();
    authorized_ = answer_challenge(trunk_, response, again);
    return authorized_ ? std::optional(std::move(again)) : std::nullopt;
}

void TrunkBranch::on_progress(const sip::Message& provisional) {
    if (provisional.status() > 100) rang_ = true;
    if (rang_ && !ringing_.armed() && trunk_->ringing() > net::Duration::zero())
        ringing_.arm(trunk_->ringing(), [this] { on_ringing_end(); });
    owner_.on_branch_progress(*this, provisional);
}

void TrunkBranch::on_ringing_end() {
    ways_.clear();
    leave(unreachable(408, "rang without an answer", trunk_->name()));
}

void TrunkBranch::on_failure(Outgoing&, sip::TxFailure why) {
    silence_.cancel();
    ringing_.cancel();
    if (rang_ || (heard_ && why == sip::TxFailure::Timeout)) ways_.clear(); // it may be ringing somewhere
    const bool late = why == sip::TxFailure::Timeout;
    leave(
        unreachable(late ? 504 : 503, late ? "PBX does not answer" : "PBX is not reachable", trunk_->name()));
}

void TrunkBranch::leave(const Ending& ending) {
    timeline_.note("trunk_failed", trunk_->name(), ending.why);
    give_up_invite(kNoAnswer);
    line_ = {};
    share_ = {};
    ending_ = ending;
    if (!ways_.empty()) context_.counters.trunk_failovers.add();
    try_next();
}

} // namespace wakeline::call

// SPDX-License-Identifier: Apache-2.0
#include "call/trunk_branch.h"

#include <utility>

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
                         Trunks trunks, Naming naming)
    : Branch(context, owner, timeline, offer, {sip::Side::Trunk, 0, "pbx", {}}), trunks_(std::move(trunks)),
      naming_(std::move(naming)), ending_(unreachable(503, "PBX is not reachable", {})),
      silence_(context.timers), ringing_(context.timers) {}

void TrunkBranch::try_next() {
    while (!trunks_.empty()) {
        trunk::Trunk& next = *trunks_.front();
        trunks_.erase(trunks_.begin());
        if (!next.available() && !offer_.emergency) continue;
        auto line = next.lines().seize(offer_.emergency);
        if (line) {
            line_ = *std::move(line);
            return send(next);
        }
        timeline_.note("all_lines_busy", next.name());
        context_.counters.lines_busy.add();
        ending_ = unreachable(503, "all lines busy", next.name());
    }
    owner_.on_branch_dead(*this, std::move(ending_));
}

void TrunkBranch::send(trunk::Trunk& trunk) {
    trunk_ = &trunk;
    party_.name = trunk.name();
    heard_ = rang_ = false;
    timeline_.trunk(trunk.name());
    sip::Builder invite =
        sip::Builder::request("INVITE", with_number(offer_.request_uri, trunk, RuleField::Called));
    fill(invite, naming_.from_tag);
    if (auto from = with_number(offer_.from, trunk, RuleField::Calling);
        from.uri.user != offer_.from.uri.user) {
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
    if (response.status() < 200) return on_progress(response);
    ringing_.cancel();
    if (response.status() < 300) return owner_.on_branch_success(*this, response);
    if (!rang_ && !trunks_.empty() && trunk_->leaves_on(response.status()))
        return leave(unreachable(response.status(), response.reason(), trunk_->name()));
    line_ = {};
    owner_.on_branch_refused(*this, response);
}

void TrunkBranch::on_progress(const sip::Message& provisional) {
    if (provisional.status() > 100) rang_ = true;
    if (rang_ && !ringing_.armed() && trunk_->ringing() > net::Duration::zero())
        ringing_.arm(trunk_->ringing(), [this] { on_ringing_end(); });
    owner_.on_branch_progress(*this, provisional);
}

void TrunkBranch::on_ringing_end() {
    trunks_.clear();
    leave(unreachable(408, "rang without an answer", trunk_->name()));
}

void TrunkBranch::on_failure(Outgoing&, sip::TxFailure why) {
    silence_.cancel();
    ringing_.cancel();
    if (rang_ || (heard_ && why == sip::TxFailure::Timeout)) trunks_.clear(); // it may be ringing somewhere
    const bool late = why == sip::TxFailure::Timeout;
    leave(
        unreachable(late ? 504 : 503, late ? "PBX does not answer" : "PBX is not reachable", trunk_->name()));
}

void TrunkBranch::leave(const Ending& ending) {
    timeline_.note("trunk_failed", trunk_->name(), ending.why);
    give_up_invite(kNoAnswer);
    line_ = {};
    ending_ = ending;
    if (!trunks_.empty()) context_.counters.trunk_failovers.add();
    try_next();
}

} // namespace wakeline::call

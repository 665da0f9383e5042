// SPDX-License-Identifier: Apache-2.0
#include "call/call.h"

#include "base/text.h"
#include "call/codec_cost.h"
#include "call/device_branch.h"
#include "call/media_refusal.h"
#include "call/media_security.h"
#include "call/multipart.h"
#include "call/refusal_text.h"
#include "call/trunk_branch.h"

namespace wakeline::call {

namespace {

constexpr std::string_view kElsewhere = R"(SIP;cause=200;text="Call completed elsewhere")";
constexpr std::chrono::seconds kLongestExpires{86'400};
// RFC 3261 16.6 step 11 asks for more than three minutes; a queue that plays music may take longer.
constexpr std::chrono::minutes kLongestRinging{10};
constexpr std::string_view kDeclined = R"(SIP;cause=603;text="Declined elsewhere")";

std::string status_text(const sip::Message& response) {
    return std::to_string(response.status()) + ' ' + std::string(response.reason());
}

bool has_sdp(const sip::Message& message) { return !sdp_of(message).empty(); }

/// Scenario 26. A 6xx speaks for the user wherever he is (RFC 3261 21.6), 486 for that device.
bool ends_for_all(int status, Declines policy) {
    switch (policy) {
    case Declines::ByAnswer: return status >= 600;
    case Declines::All: return status >= 600 || status == 486;
    case Declines::One: return false;
    }
    return false;
}

std::optional<std::uint32_t> rseq_of(const sip::Message& provisional) {
    if (!provisional.has_token("Require", "100rel")) return std::nullopt;
    const auto value = provisional.header("RSeq");
    return value ? parse_unsigned<std::uint32_t>(*value) : std::nullopt;
}

} // namespace

std::string number_of(const sip::Uri& uri) { return uri.user.empty() ? uri.host : uri.decoded_user(); }

Call::Call(Context& context, Owner& owner, Invite invite)
    : context_(context), owner_(owner), timeline_(context.timers, context.log, std::move(invite.record)),
      offer_(std::move(invite.offer)), octets_(offer_.octets()), hosts_(std::move(invite.hosts)),
      user_aor_(std::move(invite.user_aor)), line_(std::move(invite.line)), share_(std::move(invite.share)),
      legs_(context, *this),
      caller_(context, *this, std::move(invite.reply), invite.caller.contact, invite.reliable_required),
      fork_(context.graveyard), in_dialog_(context, *this), sessions_(context, *this, *this),
      session_wish_(std::move(invite.session)),
      push_deadline_(context.timers.wall_now() + context.config.hold.hold), hold_(context.timers),
      expires_(context.timers), unanswered_(context.timers) {
    legs_.set_caller(std::move(invite.dialog), std::move(invite.caller));
    context_.counters.active.add();
    timeline_.note("invite", legs_.caller().party().name);
    if (!offer_.replaces.empty()) timeline_.note("takes_over", {}, "another call (Replaces)");
    if (!invite.expires) return;
    const auto expires = std::min(*invite.expires, kLongestExpires);
    push_deadline_ = std::min<net::WallTime>(push_deadline_, context_.timers.wall_now() + expires);
    expires_.arm(expires, [this] { abandon(487, Outcome::Cancelled, "Expires lapsed", {}); });
}

Call::~Call() = default;

void Call::add_device(const registrar::Binding& binding, std::string uuid) {
    fork_.add(std::make_unique<DeviceBranch>(context_, *this, timeline_, offer_, binding,
                                             DeviceBranch::Wake{std::move(uuid), push_deadline_}));
}

void Call::add_trunks(TrunkWays ways, std::string call_id, std::string from_tag, std::string contact_user) {
    const std::uint32_t cseq = caller_.cseq();
    TrunkBranch::Naming naming{std::move(call_id), std::move(from_tag), cseq, std::move(contact_user)};
    fork_.add(std::make_unique<TrunkBranch>(context_, *this, timeline_, offer_, std::move(ways),
                                            std::move(naming)));
}

void Call::start() {
    if (record().direction == Direction::FromPhone) timeline_.state(CallState::Ringing);
    while (hunt_ && fork_.size() == 0 && next_stage()) {
    }
    if (fork_.size() == 0) return refuse(fork_.best());
    offer_.single_branch = fork_.size() == 1 && !hunt_;
    if (auto usable = fork_.first().prepare_media(); !usable)
        return refuse(Ending::unfit(usable.error(), hosts_.domain()));
    if (record().direction == Direction::ToPhone)
        hold_.arm(context_.config.hold.hold, [this] {
            fork_.on_hold_end();
            settle();
        });
    watch_ringing();
    fork_.start();
    settle();
}

/// A callee that rings on says so again; one that is gone, with a caller that is gone too, says nothing.
void Call::watch_ringing() {
    unanswered_.arm(kLongestRinging,
                    [this] { abandon(408, Outcome::Unreachable, "rang without an answer", {}); });
}

void Call::refuse(Ending ending) {
    fork_.stop(nullptr, {});
    caller_.refuse(ending.status, ending.reason, ending.relayed);
    end(ending.status, ending.outcome, ending.why);
}

void Call::settle() {
    if (phase_ != Phase::Setup) return;
    while (fork_.settled() && next_stage())
        fork_.start();
    if (!fork_.settled()) return update_held();
    Ending ending = fork_.best();
    // RFC 3261 16.7 step 6: the caller would take a 503 for ours and leave us out for a while.
    if (ending.status == 503 && record().direction == Direction::ToPhone) {
        ending.status = 500;
        ending.reason.clear();
    }
    refuse(std::move(ending));
}

void Call::update_held() {
    const bool held = phase_ == Phase::Setup && fork_.held();
    if (held == held_) return;
    held_ = held;
    context_.held = held ? context_.held + 1 : context_.held - 1;
    context_.held_octets += held ? octets_ : -octets_;
    context_.counters.held.set(static_cast<std::int64_t>(context_.held));
    if (phase_ == Phase::Setup) timeline_.state(held ? CallState::Held : CallState::Ringing);
}

void Call::abandon(int status, Outcome outcome, const std::string& why, const std::string& reason) {
    if (phase_ != Phase::Setup) return;
    fork_.stop(nullptr, reason);
    caller_.refuse(status, {}, {});
    end(status, outcome, why);
}

void Call::on_caller_cancelled(const std::string& reason) {
    timeline_.note("cancelled", legs_.caller().party().name, reason);
    abandon(487, Outcome::Cancelled, "cancelled by the caller", reason);
}

void Call::on_caller_silent(std::string_view what) {
    const std::string why = "no " + std::string(what) + " from the caller";
    if (phase_ == Phase::Setup) return refuse(Ending::ours(504, Outcome::Refused, why));
    phase_ = Phase::Up; // its server transaction is over: now we may send BYE
    close(nullptr, {}, why);
}

void Call::on_branch_waiting(Branch&) {
    update_held(); // it may have had its INVITE before
    if (caller_.in_early_dialog()) return;
    switch (context_.config.hold.send_ringing) {
    case HoldAnswer::Ringing: return caller_.ring(180);
    case HoldAnswer::Progress: return caller_.ring(183);
    case HoldAnswer::None: return;
    }
}

void Call::on_branch_progress(Branch& branch, const sip::Message& provisional) {
    if (phase_ != Phase::Setup || provisional.status() == 100) return;
    watch_ringing();
    if (provisional.status() == 180) timeline_.note("ringing", branch.party().name);
    const Leg* leg = legs_.callee(branch, provisional, branch.invite()->request().first("Contact"));

    Caller::Progress progress{.status = provisional.status(),
                              .reason = std::string(provisional.reason()),
                              .relayed = policy(offer_.caller_side).relay(provisional),
                              .sdp = {},
                              .reliable = {}};
    const auto rseq = rseq_of(provisional);
    if (rseq && leg == nullptr) return;
    if (rseq) progress.reliable = Provisionals::Source{leg->id(), *rseq};
    if (early_media_ == nullptr || early_media_ == &branch)
        if (auto sdp = callee_sdp(branch, provisional, rseq.has_value()); sdp && !sdp->empty()) {
            progress.sdp = *std::move(sdp);
            tell_security(branch, progress.sdp, progress.relayed);
            early_media_ = &branch;
        }
    caller_.progress(progress);
    if (hunt_) obey(ring_plan::verdict(branch.target(), provisional.status()));
    update_held();
}

Result<std::string> Call::callee_sdp(Branch& branch, const sip::Message& response, bool reliable) {
    if (!has_sdp(response)) return std::string();
    const media::MediaSide callee = branch.party().media_side();
    OfferAnswer& media = branch.media();
    if (!offer_.sdp.empty()) return media.answer(callee, sdp_of(response));
    // A late offer comes reliably (RFC 3261 13.2.1), once; a repeated 1xx carries it again.
    if (!reliable || media.settled()) return std::string();
    if (!media.offered_by()) {
        auto offered = media.offer(callee, sdp_of(response));
        if (!offered) return offered;
        late_offer_ = *offered;
    }
    return late_offer_;
}

void Call::on_branch_success(Branch& branch, const sip::Message& success) {
    if (phase_ != Phase::Setup) return on_further_success(branch, success);
    Leg* leg = legs_.callee(branch, success, branch.invite()->request().first("Contact"));
    if (leg == nullptr) return context_.strays.hang_up(*branch.invite(), success, {});

    winner_ = &branch;
    legs_.choose(*leg);
    hold_.cancel();
    expires_.cancel();
    unanswered_.cancel();
    if (hunt_) hunt_->end();
    fork_.stop(&branch, kElsewhere);
    for (const LegId other : legs_.others())
        drop_leg(other);
    auto sdp = callee_sdp(branch, success, true);
    if (!sdp) {
        leg->send_ack(branch.invite()->cseq(), {});
        leg->send_bye({});
        return refuse(Ending::unfit(sdp.error(), hosts_.domain()));
    }
    answer_caller(branch, *leg, success, *sdp);
}

void Call::answer_caller(Branch& branch, Leg& leg, const sip::Message& success, const std::string& sdp) {
    phase_ = Phase::Answered;
    update_held();
    timeline_.answered(branch.party().name);
    if (!sdp.empty()) {
        const auto cost = cost_of_answer(sdp);
        share_.settle(cost);
        branch.settle(cost);
    }
    branch.media().select();
    if (!branch.media().offered_by()) {
        callee_ack_ = "";
        leg.send_ack(branch.invite()->cseq(), {});
    }
    Relayed relayed = policy(offer_.caller_side).relay(success);
    tell_security(branch, sdp, relayed);
    note_security();
    sessions_.start_callee(leg, CallLegs::kCaller, success);
    sessions_.start_caller(legs_.caller(), leg.id(), session_wish_, relayed);
    caller_.accept(success.status(), std::string(success.reason()), relayed, sdp);
}

void Call::tell_security(Branch& branch, std::string_view sdp, Relayed& relayed) const {
    const auto told = media_security(context_.config, offer_.caller_side, branch.media(), sdp);
    if (!told.empty()) relayed.set("Media-Security", std::string(told));
}

/// What has been agreed, for whoever looks at the call; a change in mid-call is a step of it (SBC-SEC-02).
void Call::note_security() {
    if (winner_ == nullptr) return;
    const std::string phone = winner_->media().security(media::MediaSide::Phone);
    const std::string trunk = winner_->media().security(media::MediaSide::Trunk);
    if (phone.empty() || !timeline_.security(phone, trunk)) return;
    timeline_.note("security", {}, "phone " + phone + ", PBX " + trunk);
}

void Call::count_security() {
    note_security();
    const CallRecord& now = record();
    if (now.phone_security.empty()) return;
    const auto secure = [](const std::string& leg) { return leg.find("RTP") == leg.npos; };
    context_.counters.answered(secure(now.phone_security), secure(now.trunk_security)).add();
}

void Call::on_further_success(Branch& branch, const sip::Message& success) {
    Leg* leg = legs_.opposite();
    if (leg != nullptr && success.to_tag() == leg->dialog().id().remote_tag) {
        if (callee_ack_) leg->send_ack(branch.invite()->cseq(), *callee_ack_);
        return;
    }
    context_.strays.hang_up(*branch.invite(), success, kElsewhere);
}

void Call::on_branch_refused(Branch& branch, const sip::Message& failure) {
    const bool of_media = refuses_media(failure);
    const std::string why = of_media ? status_text(failure) : refusal_text(failure);
    const std::string media = of_media ? "; " + explain_refusal(branch.sdp(), failure) : "";
    timeline_.note("rejected", branch.party().name, why + media);
    if (!media.empty())
        context_.log.info("media refused",
                          {{"call", id()}, {"by", branch.party().name}, {"why", media.substr(2)}});
    // Many a PBX knows nobody after its restart.
    const bool unknown_there = failure.status() == 403 || failure.status() == 404;
    if (record().direction == Direction::FromPhone && unknown_there)
        context_.locator.doubt(legs_.caller().party().device);
    Ending ending{.status = failure.status(),
                  .reason = std::string(failure.reason()),
                  .relayed = policy(offer_.caller_side).relay(failure),
                  .outcome = Outcome::Rejected,
                  .why = why};
    const ring_plan::Target target = branch.target();
    if (!hunt_ && follow(branch, failure))
        end_branch(branch);
    else
        end_branch(branch, std::move(ending));
    if (ends_for_all(failure.status(), context_.config.hold.declines)) fork_.stop(nullptr, kDeclined);
    const bool alone = target == ring_plan::Target::Mobile && context_.config.hold.declines == Declines::One;
    if (hunt_ && !alone) obey(ring_plan::verdict(target, failure.status()));
    settle();
}

void Call::on_branch_dead(Branch& branch, Ending ending) {
    timeline_.note("unreachable", branch.party().name, ending.why);
    if (hunt_ && branch.target() == ring_plan::Target::Mobile) hunt_->lost_mobile();
    end_branch(branch, std::move(ending));
    settle();
}

void Call::end_branch(Branch& branch, std::optional<Ending> ending) {
    if (early_media_ == &branch) early_media_ = nullptr;
    for (const LegId id : legs_.of(branch))
        drop_leg(id);
    if (ending)
        fork_.ended(branch, *std::move(ending));
    else
        fork_.replaced(branch);
}

void Call::on_registered(const registrar::Binding& binding) {
    if (phase_ == Phase::Setup) {
        fork_.on_registered(binding);
        if (hunt_ && hunt_->joins() && binding.flow != 0 && !fork_.has(binding.id)) {
            add_device(binding, context_.names.uuid());
            fork_.start();
        }
        settle();
    }
    const sip::FlowInfo* flow = context_.transport.info(binding.flow);
    for (Leg* leg : {&legs_.caller(), legs_.opposite()}) {
        if (leg == nullptr || leg->party().device != binding.id || flow == nullptr) continue;
        if (phase_ == Phase::Ended || leg->dialog().flow() == binding.flow) continue;
        timeline_.note("moved", leg->party().name, flow->remote.str());
        move(*leg, binding.flow);
    }
}

} // namespace wakeline::call

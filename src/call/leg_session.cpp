// SPDX-License-Identifier: Apache-2.0
#include "call/leg_session.h"

#include <algorithm>

#include "base/text.h"
#include "call/challenge.h"
#include "call/multipart.h"
#include "call/policy.h"

namespace wakeline::call {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kPause{10}; // a refusal without Retry-After
constexpr std::chrono::seconds kLongestPause{60};

std::chrono::seconds retry_after(const sip::Message& failure) {
    const auto value = failure.header("Retry-After");
    const auto seconds =
        value ? parse_unsigned<std::uint32_t>(trim(value->substr(0, value->find_first_of(";( "))))
              : std::nullopt;
    return seconds ? std::clamp(std::chrono::seconds(*seconds), 1s, kLongestPause) : kPause;
}

} // namespace

LegSession::LegSession(const Parts& parts) : parts_(parts), timer_(parts.context.timers, *this) {}

LegSession::~LegSession() = default;

std::chrono::seconds LegSession::wished() const {
    const auto ours = parts_.context.config.rules.wished_session();
    const auto known = timer_.interval();
    return known == 0s && ours == 0s ? 0s : std::max(known != 0s ? known : ours, min_);
}

void LegSession::offer(Relayed& headers) const {
    headers.add_option("Supported", "timer");
    const auto interval = wished();
    if (interval == 0s) return;
    // The roles stay as they are (RFC 4028 7.4).
    const bool theirs = timer_.state() == SessionTimer::State::Theirs;
    headers.set("Session-Expires", SessionExpires{interval, theirs ? Refresher::Uas : Refresher::Uac}.str());
    if (min_ > kShortestSession) headers.set("Min-SE", std::to_string(min_.count()));
}

void LegSession::put(sip::Builder& request) const {
    Relayed headers;
    offer(headers);
    for (const char* name : {"Session-Expires", "Min-SE"})
        if (const std::string* value = headers.find(name)) request.set(name, *value);
}

void LegSession::accepted(const sip::Message& success) {
    knows_update_ = says_update(success).value_or(knows_update_);
    const auto session = SessionExpires::of(success);
    const auto least = parts_.context.config.rules.least_session();
    if (session)
        return timer_.agreed(std::max(session->interval, least), session->refresher != Refresher::Uas);
    // It knows no timers: we alone keep the session, and learn so whether it is there.
    if (const auto interval = wished(); interval != 0s) timer_.agreed(interval, true);
}

void LegSession::answer(const SessionWish& wish, Relayed& headers) {
    min_ = std::max(min_, wish.min);
    knows_update_ = wish.update.value_or(knows_update_);
    headers.add_option("Supported", "timer");
    auto interval = std::max(wished(), min_);
    if (wish.expires)
        interval = wished() == 0s ? wish.expires->interval : std::min(interval, wish.expires->interval);
    if (wished() == 0s && !wish.expires) return;
    // A phone may sleep when its turn comes, so we take the turn. The PBX may challenge our refreshes, and
    // only the phone has the password: it takes the turn itself where it can.
    const Leg* leg = parts_.legs.leg(parts_.leg);
    const bool phone = leg == nullptr || leg->side() == sip::Side::Access;
    const Refresher chosen = wish.supported && !phone ? Refresher::Uac : Refresher::Uas;
    const Refresher refresher =
        wish.supported && wish.expires ? wish.expires->refresher.value_or(chosen) : chosen;
    headers.set("Session-Expires", SessionExpires{interval, refresher}.str());
    if (refresher == Refresher::Uac) headers.add_option("Require", "timer");
    timer_.agreed(interval, refresher == Refresher::Uas);
}

void LegSession::lengthen(const sip::Message& refusal) { min_ = std::max(min_, min_session(refusal)); }

bool LegSession::connected() const {
    const Leg* leg = parts_.legs.leg(parts_.leg);
    return leg != nullptr && leg->reachable();
}

bool LegSession::can_be_woken() const {
    const Leg* leg = parts_.legs.leg(parts_.leg);
    return leg != nullptr && parts_.legs.wakes(*leg) && PhoneWake::possible(parts_.context, *leg);
}

OfferAnswer* LegSession::media(const Leg& leg) const {
    const Leg* far = parts_.legs.leg(parts_.opposite);
    return far != nullptr ? parts_.legs.media(*far, leg) : nullptr;
}

sip::Builder LegSession::begin(Leg& leg, std::string_view method) const {
    sip::Builder request = leg.dialog().request(method);
    Relayed headers;
    offer(headers);
    headers.add_to(request);
    return request;
}

void LegSession::send(Leg& leg, sip::Builder request) {
    parts_.context.graveyard.bury(std::move(refresh_));
    refresh_ = std::make_unique<Outgoing>(parts_.context.transactions, *this);
    leg.send(*refresh_, std::move(request));
}

void LegSession::refresh() {
    Leg* leg = parts_.legs.leg(parts_.leg);
    if (leg == nullptr) return;
    authorized_ = false;
    auto request = refreshing(*leg);
    if (!request) return timer_.refused(kPause);
    send(*leg, *std::move(request));
}

/// The offer that it has had, once more, as the other side made it.
std::optional<sip::Builder> LegSession::refreshing(Leg& leg) const {
    if (knows_update_) return begin(leg, "UPDATE");
    OfferAnswer* session = media(leg);
    if (session == nullptr) return std::nullopt;
    const auto sdp = session->repeat(media::other(leg.media_side()));
    if (!sdp) return std::nullopt;
    sip::Builder invite = begin(leg, "INVITE");
    invite.body("application/sdp", *sdp);
    return invite;
}

/// False when the trunk has no password of ours, or does not take it.
bool LegSession::authorize(const sip::Message& challenge) {
    Leg* leg = parts_.legs.leg(parts_.leg);
    if (authorized_ || leg == nullptr || leg->side() != sip::Side::Trunk) return false;
    const trunk::Trunk* trunk = parts_.context.peers.find(leg->party().name);
    auto request = refreshing(*leg);
    authorized_ = request && answer_challenge(trunk, challenge, *request);
    if (authorized_) send(*leg, *std::move(request));
    return authorized_;
}

void LegSession::on_response(Outgoing& request, const sip::Message& response) {
    if (response.status() < 200 || &request != refresh_.get()) return;
    Leg* leg = parts_.legs.leg(parts_.leg);
    if (leg == nullptr) return;
    if (response.status() >= 300) return on_refused(response);
    leg->dialog().refresh_target(response);
    if (request.is_invite()) leg->send_ack(request.cseq(), {});
    if (timer_.state() == SessionTimer::State::Refreshing) on_refreshed(response);
}

void LegSession::on_refreshed(const sip::Message& success) {
    const Leg* leg = parts_.legs.leg(parts_.leg);
    OfferAnswer* session = refresh_->is_invite() ? media(*leg) : nullptr;
    if (session != nullptr && !session->answer(leg->media_side(), sdp_of(success))) session->rollback();
    accepted(success);
}

void LegSession::on_refused(const sip::Message& failure) {
    rollback();
    switch (failure.status()) {
    case 401:
    case 407:
        if (authorize(failure)) return;
        // It knows the dialog; only the phone could say more.
        return timer_.agreed(timer_.interval(), true);
    case 405:
    case 501:
        if (!std::exchange(knows_update_, false)) return timer_.refused(kPause);
        return refresh();
    case 422: lengthen(failure); return timer_.refused(100ms);
    case 408:
    case 481: return timer_.lost();
    case 491: return timer_.refused(glare_pause());
    default: return timer_.refused(retry_after(failure));
    }
}

/// A phone on its way from one network to the next is silent, and not gone: its time is the session's.
void LegSession::on_failure(Outgoing& request, sip::TxFailure why) {
    if (&request != refresh_.get()) return;
    rollback();
    const bool silent = why == sip::TxFailure::Timeout && !can_be_woken();
    if (silent)
        timer_.lost();
    else
        timer_.refused(kPause);
}

void LegSession::rollback() {
    const Leg* leg = parts_.legs.leg(parts_.leg);
    OfferAnswer* session = refresh_->is_invite() && leg != nullptr ? media(*leg) : nullptr;
    if (session != nullptr && session->offered_by() == media::other(leg->media_side())) session->rollback();
}

/// RFC 3261 14.1: who made the Call-ID waits 2.1 to 4 s, the other up to 2 s, in steps of 10 ms.
net::Duration LegSession::glare_pause() const {
    const auto chance = std::hash<std::string>{}(parts_.context.names.token());
    return parts_.ours ? 2'100ms + 10ms * (chance % 191) : 10ms * (chance % 201);
}

void LegSession::wake() {
    const Leg* leg = parts_.legs.leg(parts_.leg);
    if (leg == nullptr) return;
    wake_ = std::make_unique<PhoneWake>(parts_.context, *leg, parts_.legs.on_waking(*leg),
                                        [this] { timer_.lost(); });
}

void LegSession::expire() {
    parts_.context.graveyard.bury(std::move(wake_)); // it may be who says so
    parts_.owner.on_session_over(parts_.leg, "session expired");
}

void LegSession::on_moved() {
    if (!connected()) return;
    wake_.reset();
    timer_.back();
}

bool LegSession::answer_unchanged(sip::ServerTx tx, const sip::Message& request) {
    const Leg* leg = parts_.legs.leg(parts_.leg);
    OfferAnswer* session = leg != nullptr ? media(*leg) : nullptr;
    if (session == nullptr || session->offered_by()) return false;
    const auto sdp = session->repeat_answer(leg->media_side(), request.body());
    if (!sdp) return false;
    Relayed headers;
    answer(SessionWish::of(request), headers);
    const Reply reply(tx, request, {});
    sip::Builder success = reply.build(200);
    success.add("Contact", leg->party().contact);
    headers.add_to(success);
    success.body("application/sdp", *sdp);
    answered_ = reply.cseq();
    success_ = std::make_unique<sip::SuccessRepeater>(parts_.context.timers, parts_.context.transactions);
    success_->start(tx, std::move(success),
                    [this] { parts_.owner.on_session_over(parts_.leg, "no ACK to re-INVITE"); });
    return true;
}

void LegSession::on_ack(std::uint32_t cseq) {
    if (success_ && cseq == answered_) success_->stop();
}

} // namespace wakeline::call

// SPDX-License-Identifier: Apache-2.0
#include "call/device_branch.h"

#include "registrar/device_name.h"

namespace wakeline::call {

using namespace device_branch;

namespace {

// Reasons of a CANCEL to a phone that wakes when the call is over (RFC 3326).
constexpr std::string_view kCallerGone = R"(SIP;cause=487;text="Caller gave up")";
constexpr std::string_view kTooLate = R"(SIP;cause=480;text="Woken too late")";

/// The text of a Reason.
std::string words_of(std::string_view reason) {
    constexpr std::string_view before = "text=\"";
    const auto start = reason.find(before);
    if (start == reason.npos) return {};
    const std::string_view text = reason.substr(start + before.size());
    return std::string(text.substr(0, text.find('"')));
}

} // namespace

DeviceBranch::Target::Target(const registrar::Binding& binding)
    : id(binding.id), flow(binding.flow), secure(binding.transport == "TLS"), aor(binding.aor),
      contact(binding.contact), path(binding.path), push(binding.push) {}

DeviceBranch::DeviceBranch(Context& context, Owner& owner, Timeline& timeline, const CallOffer& offer,
                           const registrar::Binding& binding, Wake wake)
    : Branch(context, owner, timeline, offer,
             {sip::Side::Access, binding.id, registrar::device_name(binding), {}}),
      target_(binding), wake_(std::move(wake)), call_id_(context.names.token()),
      from_tag_(context.names.token()), probe_(context.timers), no_response_(context.timers) {}

DeviceBranch::~DeviceBranch() { cancel_push(); }

void DeviceBranch::start() {
    context_.late_wakers.forget(target_.id);
    if (context_.transport.info(target_.flow) != nullptr)
        handle(Event::Awake);
    else if (can_be_pushed())
        handle(Event::Asleep);
    else
        handle(Event::NoWay);
}

void DeviceBranch::stop(std::string_view why) {
    stop_why_ = why;
    handle(Event::Stop);
}

void DeviceBranch::on_hold_end() {
    hold_over_ = true;
    if (holds(state_)) handle(Event::HoldEnd);
}

void DeviceBranch::on_registered(const registrar::Binding& binding) {
    const bool new_flow = binding.flow != target_.flow || state_ == State::Waking;
    target_ = Target(binding);
    if (!new_flow || state_ == State::Gone || state_ == State::Up) return;
    timeline_.note("registered", party_.name, binding.transport);
    if (const auto pushed = std::exchange(pushed_, {}))
        context_.counters.woke(
            std::chrono::duration_cast<std::chrono::milliseconds>(context_.timers.now() - *pushed));
    // While the INVITE before has its probe time, the phone may have it: two would be two calls.
    if (state_ == State::Taken) return; // its time for that runs
    if (state_ == State::Probing || state_ == State::Delivered) {
        if (!probe_.armed()) handle(Event::Moved);
        return;
    }
    handle(Event::Registered);
}

void DeviceBranch::on_response(Outgoing&, const sip::Message& response) {
    const sip::FlowId flow = invite_->flow();
    if (auto again = lengthened(response)) return invite_->send(flow, *std::move(again));
    const int status = response.status();
    if (status >= 200 && status < 300) {
        if (state_ == State::Up) return owner_.on_branch_success(*this, response);
        handle(Event::Success, &response);
    } else {
        handle(status == 100 ? Event::Trying : status < 200 ? Event::Provisional : Event::Failure, &response);
    }
}

void DeviceBranch::on_failure(Outgoing&, sip::TxFailure) {
    handle(can_be_pushed() && !hold_over_ ? Event::SendFailed : Event::SendGone);
}

void DeviceBranch::on_probe_end() {
    if (moved()) return handle(Event::Moved);
    if (state_ != State::Probing) return;
    timeline_.note("probe_failed", party_.name);
    context_.counters.probes_failed.add();
    handle(can_be_pushed() ? Event::ProbeEnd : Event::Silent);
}

void DeviceBranch::on_silence() {
    if (state_ != State::Taken) return handle(Event::NoResponse);
    if (moved()) return handle(Event::Moved);
    handle(can_be_pushed() && !hold_over_ ? Event::NoRinging : Event::NeverRang);
}

void DeviceBranch::handle(Event event, const sip::Message* response) {
    const auto row = fsm::find(kTable, state_, event);
    if (!row) return context_.counters.ignored_events.add();
    enter(row->to);
    run(row->run, response);
    if (event == Event::Provisional && response != nullptr) owner_.on_branch_progress(*this, *response);
    if (event == Event::Success) owner_.on_branch_success(*this, *response);
}

void DeviceBranch::enter(State next) {
    const bool again = next == state_ && (next == State::Alive || next == State::Taken);
    state_ = next;
    if (again) return;
    probe_.cancel();
    no_response_.cancel();
    const Timers timers = timers_on_entry(next, context_.config.hold);
    if (timers.probe) probe_.arm(*timers.probe, [this] { on_probe_end(); });
    if (timers.no_response) no_response_.arm(*timers.no_response, [this] { on_silence(); });
}

void DeviceBranch::run(Action action, const sip::Message* response) {
    switch (action) {
    case Action::None: return;
    case Action::InviteAgain: give_up_invite({}); [[fallthrough]];
    case Action::Invite: cancel_push(); return send_invite();
    case Action::Push: return push();
    case Action::CancelPush: return cancel_push();
    case Action::GiveUp:
        cancel_push();
        expect_late(stop_why_);
        return give_up_invite(stop_why_);
    case Action::FailAnswer: cancel_push(); return owner_.on_branch_refused(*this, *response);
    case Action::FailUnreachable:
        return die(Ending::ours(480, Outcome::Unreachable, "device is not reachable"));
    case Action::FailPush: return die(Ending::ours(480, Outcome::Unreachable, "push failed", push_failure_));
    case Action::FailHold:
        expect_late(kTooLate);
        return die(Ending::ours(480, Outcome::HoldTimeout, was_pushed_ ? "push timeout" : "no response"));
    case Action::FailSilent:
        return die(Ending::ours(480, Outcome::HoldTimeout, "device woke up but did not respond"));
    case Action::FailMute:
        return die(Ending::ours(480, Outcome::Unreachable, "device took the call but did not ring"));
    }
}

void DeviceBranch::expect_late(std::string_view reason) {
    if (!pushed_ || !push_written_) return;
    context_.late_wakers.expect({.device = target_.id,
                                 .provider = target_.push.provider,
                                 .flow = target_.flow,
                                 .call = timeline_.id(),
                                 .sip_call_id = call_id_,
                                 .tag = from_tag_,
                                 .from = offer_.from,
                                 .to = {.display = offer_.to.display, .uri = offer_.to.uri, .params = {}},
                                 .reason = std::string(reason.empty() ? kCallerGone : reason)});
    push_end(reason.empty() ? kCallerGone : reason);
}

/// Nobody waits for what comes of it.
void DeviceBranch::push_end(std::string_view reason) {
    if (!context_.waker.supports(push_device(), push::WakeKind::CallEnded)) return;
    push::WakeRequest request = push_request();
    request.kind = push::WakeKind::CallEnded;
    request.text = words_of(reason);
    request.deadline = context_.timers.wall_now() + std::chrono::seconds(10);
    context_.waker.wake(
        push_device(), request, [] {}, [](const push::WakeResult&) {});
}

void DeviceBranch::die(Ending ending) {
    cancel_push();
    give_up_invite({});
    owner_.on_branch_dead(*this, std::move(ending));
}

void DeviceBranch::send_invite() {
    const sip::FlowInfo* flow = context_.transport.info(target_.flow);
    if (flow == nullptr || !prepare_media()) return handle(Event::SendGone);
    media_.set_signalling(media::MediaSide::Phone, flow->remote);

    sip::Builder invite = sip::Builder::request("INVITE", target_.contact);
    if (!target_.path.empty()) invite.add("Route", target_.path);
    fill(invite, from_tag_);
    invite.add("To", sip::NameAddr{.display = offer_.to.display, .uri = offer_.to.uri, .params = {}}.str());
    invite.add("Call-ID", call_id_).add("CSeq", "1 INVITE");
    invite.add("Contact", contact_on(*flow, offer_.from.uri.user));
    timeline_.note("invite_sent", party_.name);
    invite_ = std::make_unique<Outgoing>(context_.transactions, *this);
    invite_->send(target_.flow, std::move(invite));
}

bool DeviceBranch::can_be_pushed() const {
    return target_.push.usable() && context_.waker.supports(push_device());
}

bool DeviceBranch::moved() const {
    return invite_ && target_.flow != invite_->flow() && context_.transport.info(target_.flow) != nullptr;
}

void DeviceBranch::push() {
    if (state_ == State::Waking) {
        give_up_invite({});
        release_media();
    }
    pushed_ = context_.timers.now();
    was_pushed_ = true;
    // It came and went again: it is awake, and a second push would be a second call on its screen.
    if (push_taken_) return owner_.on_branch_waiting(*this);
    // Cancelled before this object dies, so neither callback can outlive it.
    wake_id_ = context_.waker.wake(
        push_device(), push_request(),
        [this] {
            push_written_ = true;
            timeline_.note("push_sent", party_.name);
        },
        [this](const push::WakeResult& result) { on_pushed(result); });
    owner_.on_branch_waiting(*this);
}

push::Device DeviceBranch::push_device() const {
    return {target_.push.provider, target_.push.param, target_.push.prid};
}

push::WakeRequest DeviceBranch::push_request() const {
    return {.call = timeline_.id(),
            .sip_call_id = call_id_,
            .uuid = wake_.uuid,
            .caller_number = offer_.from.uri.decoded_user(),
            .caller_name = offer_.from.display,
            .video = offer_.has_video(),
            .deadline = wake_.deadline,
            .aor = target_.aor};
}

void DeviceBranch::cancel_push() {
    if (wake_id_ == 0) return;
    push_taken_ = push_taken_ || push_written_;
    context_.waker.cancel(std::exchange(wake_id_, 0));
}

void DeviceBranch::on_pushed(const push::WakeResult& result) {
    wake_id_ = 0;
    std::string detail = (result.status != 0 ? std::to_string(result.status) : "") +
                         (result.status != 0 && !result.reason.empty() ? " " : "") + result.reason;
    push_written_ = push_written_ || result.status != 0;
    push_taken_ = result.outcome == push::WakeOutcome::Accepted;
    if (push_taken_) return timeline_.note("push_accepted", party_.name, std::move(detail));

    timeline_.note("push_failed", party_.name, detail);
    if (result.outcome == push::WakeOutcome::TokenDead) {
        context_.locator.token_dead(target_.id, target_.push, result.dead_since);
        target_.push = {};
    }
    push_failure_ = result.reason;
    handle(Event::PushFailed);
}

} // namespace wakeline::call

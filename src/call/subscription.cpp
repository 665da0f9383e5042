// SPDX-License-Identifier: Apache-2.0
#include "call/subscription.h"

#include "call/policy.h"

#include "base/text.h"

namespace wakeline::call {

namespace {

constexpr std::chrono::seconds kReferLasts{300}; // its NOTIFYs say when it is over
constexpr std::chrono::seconds kLongest{86'400};
constexpr std::chrono::seconds kGrace{40}; // for a refresh or the last NOTIFY on its way

bool says_terminated(const sip::Message& notify) {
    return istarts_with(notify.header("Subscription-State").value_or(""), "terminated");
}

std::string tag_of(const sip::Builder& request, std::string_view header) {
    const auto value = request.find(header);
    const auto parsed = value ? sip::NameAddr::parse(*value) : Error{ErrorCode::NotFound, {}};
    return parsed ? std::string(parsed->tag()) : std::string();
}

} // namespace

Subscription::Subscription(Context& context, Owner& owner, Start start)
    : context_(context), owner_(owner), reply_(std::move(start.reply)), hosts_(std::move(start.hosts)),
      notifier_party_(std::move(start.notifier)),
      subscriber_(context, {this, kSubscriber}, std::move(start.dialog), std::move(start.subscriber)),
      in_dialog_(context, *this), to_pbx_(context, *this), outgoing_(context.transactions, *this),
      expiry_(context.timers) {}

Subscription::~Subscription() { context_.dialogs.remove(half_); }

void Subscription::start(std::vector<Succession::Way> ways) {
    begin(ways.front().request);
    to_pbx_.start(std::move(ways));
}

void Subscription::start(sip::FlowId flow, sip::Builder request) {
    begin(request);
    outgoing_.send(flow, std::move(request));
}

void Subscription::begin(const sip::Builder& request) {
    notifier_party_.contact = request.first("Contact");
    half_ = {request.first("Call-ID"), tag_of(request, "From"), {}};
    context_.dialogs.add(half_, {this, kNotifier});
    asked_ = std::chrono::seconds(parse_unsigned<std::uint32_t>(request.first("Expires")).value_or(0));
    expiry_.arm(kGrace, [this] {
        if (!answered_)
            refuse(480);
        else
            end();
    });
}

/// To a trunk, maybe not the first one.
void Subscription::on_sent(Outgoing& request) {
    if (&request == delivery_.get() || notifier_party_.side != sip::Side::Trunk || notifier_) return;
    notifier_party_.name = to_pbx_.trunk();
    notifier_party_.contact = request.request().first("Contact");
}

void Subscription::on_registered(const registrar::Binding& binding) {
    for (Leg* leg : {&subscriber_, notifier_.get()})
        if (leg != nullptr && leg->party().device == binding.id && binding.flow != 0)
            moved(*leg, binding.flow);
}

void Subscription::moved(Leg& leg, sip::FlowId flow) {
    leg.move_to(flow);
    in_dialog_.on_moved(leg);
    wake_.reset();
    deliver(leg);
}

/// The PBX would end a subscription whose NOTIFY fails.
void Subscription::keep(const Leg& phone, sip::ServerTx tx, const sip::Message& notify) {
    Reply(tx, notify, {}).send(context_.transactions, 200);
    kept_ = policy(phone.side()).relay(notify);
    if (!wake_ && wakes(phone) && PhoneWake::possible(context_, phone))
        wake_ = std::make_unique<PhoneWake>(context_, phone, std::string(), [] {});
}

void Subscription::deliver(Leg& phone) {
    if (!kept_ || phone.side() != sip::Side::Access || !phone.reachable()) return;
    sip::Builder notify = phone.dialog().request("NOTIFY");
    kept_->add_to(notify);
    context_.graveyard.bury(std::move(delivery_));
    delivery_ = std::make_unique<Outgoing>(context_.transactions, *this);
    phone.send(*delivery_, std::move(notify));
}

/// 481: its app has started anew and knows nothing of it; the PBX will hear so with its next NOTIFY.
void Subscription::on_delivered(const sip::Message& response) {
    if (response.status() < 200) return;
    kept_.reset();
    if (terminated_ || response.status() == 481) end();
}

bool Subscription::wakes(const Leg& leg) const { return leg.dialog().remote_target().params.has("pn-purr"); }

void Subscription::set_notifier(sip::Dialog dialog) {
    notifier_ =
        std::make_unique<Leg>(context_, Dialogs::Entry{this, kNotifier}, std::move(dialog), notifier_party_);
}

void Subscription::on_response(Outgoing& request, const sip::Message& response) {
    if (&request == delivery_.get()) return on_delivered(response);
    if (response.status() < 200 || answered_) return;
    answered_ = true;
    const Relayed relayed = policy(subscriber_.side()).relay(response);
    sip::Builder answer = reply_.build(response.status(), response.reason());
    if (response.status() < 300) answer.add("Contact", subscriber_.party().contact);
    relayed.add_to(answer);
    context_.transactions.respond(reply_.tx(), answer);
    if (response.status() >= 300) return end();

    // A NOTIFY that came first made a dialog that does not know our CSeq.
    sip::Dialog dialog =
        sip::Dialog::from_response(request.request(), response, request.flow(), notifier_party_.contact);
    if (notifier_ != nullptr && notifier_->dialog().id() == dialog.id())
        notifier_->dialog() = dialog;
    else
        set_notifier(std::move(dialog));
    const auto lasts =
        reply_.method() == "REFER" ? kReferLasts : std::chrono::seconds(response.expires().value_or(3600));
    expiry_.arm(std::min(lasts, kLongest) + kGrace, [this] { end(); });
}

void Subscription::on_failure(Outgoing& request, sip::TxFailure) {
    if (&request != delivery_.get()) refuse(480); // else it is kept until the phone is back
}

void Subscription::refuse(int status) {
    if (!answered_) reply_.send(context_.transactions, status);
    answered_ = true;
    end();
}

void Subscription::on_dialog_request(LegId id, sip::ServerTx tx, sip::FlowId flow,
                                     const sip::Message& request) {
    const Reply reply(tx, request, {});
    const sip::FlowInfo* info = context_.transport.info(flow);
    const sip::Side side = id == kSubscriber ? subscriber_.side() : notifier_party_.side;
    if (ended_ || info == nullptr || info->side != side) {
        reply.send(context_.transactions, 481);
        return;
    }
    if (id == kNotifier && notifier_ == nullptr)
        set_notifier(
            sip::Dialog::from_request(request, std::string(request.to_tag()), flow, notifier_party_.contact));
    Leg *from = leg(id), *to = leg(id == kSubscriber ? kNotifier : kSubscriber);
    if (!from->may_come_on(flow)) {
        reply.send(context_.transactions, 481);
        return;
    }
    if (flow != from->dialog().flow()) moved(*from, flow);
    if (from->dialog().accept(request) == sip::Dialog::Check::OutOfOrder || to == nullptr) {
        reply.send(context_.transactions, 500);
        return;
    }
    if (request.method() == "NOTIFY" && says_terminated(request)) terminated_ = true;
    if (request.method() == "NOTIFY" && to->side() == sip::Side::Access) {
        if (!to->reachable()) return keep(*to, tx, request);
        kept_.reset();
    }
    if (request.method() == "SUBSCRIBE") asked_ = std::chrono::seconds(request.expires().value_or(3600));
    in_dialog_.relay(*from, *to, tx, request);
}

void Subscription::on_relayed(const Leg&, const std::string& what, int status, const std::string&) {
    if (what == "notify" && terminated_) return end();
    if (what == "subscribe" && status < 300)
        expiry_.arm(std::min(asked_, kLongest) + kGrace, [this] { end(); });
}

const Leg* Subscription::opposite(LegId id) const {
    return id == kSubscriber ? notifier_.get() : &subscriber_;
}

Leg* Subscription::leg(LegId id) { return id == kSubscriber ? &subscriber_ : notifier_.get(); }

HeaderPolicy Subscription::policy(sip::Side toward) const {
    const Party& pbx = subscriber_.side() == sip::Side::Trunk ? subscriber_.party() : notifier_party_;
    return policy_toward(context_, toward, hosts_, pbx.name);
}

void Subscription::on_leg_lost(LegId, const std::string&) { end(); }

void Subscription::end() {
    if (ended_) return;
    ended_ = true;
    expiry_.cancel();
    owner_.on_subscription_ended(*this);
}

} // namespace wakeline::call

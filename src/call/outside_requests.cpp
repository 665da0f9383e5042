// SPDX-License-Identifier: Apache-2.0
#include "call/outside_requests.h"

#include "call/policy.h"

#include <algorithm>

namespace wakeline::call {

namespace {

constexpr std::size_t kMostOpen = 20'000;
constexpr net::Duration kPatience = std::chrono::seconds(20); // well before Timer F of who asks (RFC 4320)

bool begins_dialog(std::string_view method) { return method == "SUBSCRIBE" || method == "REFER"; }

/// How the side that it goes to reaches us.
std::string contact_towards(const Context& context, const OutsideRoute& route, const std::string& user) {
    if (route.hop != nullptr) {
        const std::string& ours =
            route.device.upstream_contact.empty() ? user : route.device.upstream_contact;
        return "<sip:" + ours + '@' + route.hop->contact_host() + '>';
    }
    const sip::FlowInfo* flow = context.transport.info(route.device.flow);
    return flow != nullptr ? contact_on(*flow, user) : std::string();
}

} // namespace

/// One request without a dialog, until its answer is back.
class OutsideRequests::Single final : public Outgoing::User {
public:
    Single(OutsideRequests& owner, const Arrival& arrival, HeaderPolicy back)
        : owner_(owner), reply_(arrival.tx, arrival.request, owner.context_.names.token()),
          back_(std::move(back)), outgoing_(owner.context_.transactions, *this),
          patience_(owner.context_.timers) {}

    void send(const OutsideRoute& route, sip::Builder request) {
        patience_.arm(kPatience, [this] { finish(480, {}, {}); });
        if (route.hop != nullptr)
            outgoing_.send(*route.hop, std::move(request));
        else
            outgoing_.send(route.device.flow, std::move(request));
    }

    void on_response(Outgoing&, const sip::Message& response) override {
        if (response.status() >= 200)
            finish(response.status(), std::string(response.reason()), back_.relay(response));
    }
    void on_failure(Outgoing&, sip::TxFailure) override { finish(480, {}, {}); }

private:
    void finish(int status, const std::string& reason, const Relayed& relayed) {
        patience_.cancel();
        reply_.send(owner_.context_.transactions, status, reason, relayed);
        owner_.done(*this);
    }

    OutsideRequests& owner_;
    Reply reply_;
    HeaderPolicy back_;
    Outgoing outgoing_;
    net::Timer patience_;
};

OutsideRequests::OutsideRequests(Context& context) : context_(context) {}

OutsideRequests::~OutsideRequests() = default;

OutsideRoute OutsideRequests::route(const Arrival& arrival) const {
    const bool to_phone = arrival.info.side == sip::Side::Trunk;
    const auto binding = context_.locator.find_flow(arrival.flow);
    const Destination target =
        to_phone ? find_destination(context_, arrival.request.request_uri()) : Destination{};
    const std::string aor = to_phone  ? target.aor
                            : binding ? binding->aor
                                      : context_.domains.aor(arrival.request.from().uri).value_or("");
    sip::NextHop* hop = context_.peers.route(aor);
    OutsideRoute route{.hop = to_phone ? nullptr : hop,
                       .device = {},
                       .aor = aor,
                       .hosts = hosts_for(context_, aor, hop != nullptr ? hop->uri() : sip::Uri{}),
                       .refusal = 0};
    if (!to_phone) {
        if (binding) route.device = *binding; // who asks
        route.refusal = hop != nullptr ? 0 : 503;
        return route;
    }
    const auto latest = std::ranges::max_element(
        target.devices, {}, [](const registrar::Binding& b) { return std::pair(b.awake(), b.registered); });
    const bool awake = latest != target.devices.end() && latest->awake();
    route.refusal = awake ? 0 : target.known ? 480 : 404;
    if (awake) route.device = *latest;
    return route;
}

sip::Builder OutsideRequests::translate(const Arrival& arrival, const OutsideRoute& route) const {
    const sip::Message& request = arrival.request;
    const bool to_pbx = route.hop != nullptr;
    const std::string names = std::string(request.call_id()) + '\n' + std::string(request.from_tag());
    sip::NameAddr from = to_pbx ? request.from() : route.hosts.hide(request.from());
    from.params = {};
    from.params.set("tag", context_.names.derived("tag\n" + names));
    sip::NameAddr to = request.to();
    to.params = {};
    if (!to_pbx) to.uri = sip::Uri::parse(route.aor) ? *sip::Uri::parse(route.aor) : to.uri;

    sip::Builder out =
        sip::Builder::request(request.method(), to_pbx ? request.request_uri().str() : route.device.contact);
    if (!to_pbx && !route.device.path.empty()) out.add("Route", route.device.path);
    out.add("Max-Forwards", std::to_string(std::max(request.max_forwards().value_or(70), 1U) - 1));
    out.add("From", from.str()).add("To", to.str());
    out.add("Call-ID", context_.names.derived("call-id\n" + names));
    out.add("CSeq", std::to_string(request.cseq().number) + ' ' + std::string(request.method()));
    if (begins_dialog(request.method())) out.add("Contact", contact_towards(context_, route, from.uri.user));
    policy_toward(context_, to_pbx ? sip::Side::Trunk : sip::Side::Access, route.hosts)
        .relay(request)
        .add_to(out);
    return out;
}

void OutsideRequests::relay(const Arrival& arrival) {
    OutsideRoute to = route(arrival);
    if (size() >= kMostOpen) to.refusal = 503;
    if (to.refusal != 0) {
        Reply(arrival.tx, arrival.request, context_.names.token()).send(context_.transactions, to.refusal);
        return;
    }
    context_.counters.relayed_requests.add();
    if (begins_dialog(arrival.request.method())) return subscribe(arrival, to);

    auto single =
        std::make_unique<Single>(*this, arrival, policy_toward(context_, arrival.info.side, to.hosts));
    Single& started = *single;
    relays_.emplace(&started, std::move(single));
    started.send(to, translate(arrival, to));
}

void OutsideRequests::subscribe(const Arrival& arrival, const OutsideRoute& to) {
    const bool from_phone = arrival.info.side == sip::Side::Access;
    const std::string tag = context_.names.token();
    const std::string contact = contact_on(arrival.info, arrival.request.request_uri().user);
    Subscription::Start start{
        .reply = Reply(arrival.tx, arrival.request, tag),
        .dialog = sip::Dialog::from_request(arrival.request, tag, arrival.flow, contact),
        .subscriber = {arrival.info.side, from_phone ? to.device.id : 0, arrival.peer, contact},
        .notifier = {from_phone ? sip::Side::Trunk : sip::Side::Access,
                     from_phone ? 0 : to.device.id,
                     {},
                     {}},
        .hosts = to.hosts};
    auto subscription = std::make_unique<Subscription>(context_, *this, std::move(start));
    Subscription& started = *subscription;
    subscriptions_.emplace(&started, std::move(subscription));
    started.start(to.hop, to.device.flow, translate(arrival, to));
}

void OutsideRequests::done(const Single& relay) {
    const auto at = relays_.find(&relay);
    if (at == relays_.end()) return;
    context_.graveyard.bury(std::move(at->second));
    relays_.erase(at);
}

void OutsideRequests::on_registered(const registrar::Binding& binding) {
    for (const auto& [key, subscription] : subscriptions_)
        subscription->on_registered(binding);
}

void OutsideRequests::on_subscription_ended(Subscription& subscription) {
    const auto at = subscriptions_.find(&subscription);
    if (at == subscriptions_.end()) return;
    context_.graveyard.bury(std::move(at->second));
    subscriptions_.erase(at);
}

} // namespace wakeline::call

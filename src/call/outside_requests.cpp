// SPDX-License-Identifier: Apache-2.0
#include "call/outside_requests.h"

#include "call/numbers.h"
#include "call/policy.h"

#include <algorithm>

namespace wakeline::call {

namespace {

using trunk::RuleField;

constexpr std::size_t kMostOpen = 20'000;
constexpr std::size_t kMostShown = 1'000; // octets of a message, in a push

/// From these our own names of the request are made: the same when it is repeated with credentials.
std::string names_of(const sip::Message& request) {
    return std::string(request.call_id()) + '\n' + std::string(request.from_tag());
}
std::string call_id_seed(const sip::Message& request) { return "call-id\n" + names_of(request); }

bool begins_dialog(std::string_view method) { return method == "SUBSCRIBE" || method == "REFER"; }

/// How the PBX reaches the device that asks.
std::string contact_at(const trunk::Trunk& trunk, const registrar::Binding& device, const std::string& user) {
    const std::string& ours = device.upstream_contact.empty() ? user : device.upstream_contact;
    return "<sip:" + ours + '@' + trunk.contact_host() + '>';
}

/// How the device that it goes to reaches us.
std::string contact_towards(const Context& context, const OutsideRoute& route, const std::string& user) {
    const sip::FlowInfo* flow = context.transport.info(route.device.flow);
    return flow != nullptr ? contact_on(*flow, user) : std::string();
}

} // namespace

OutsideRequests::OutsideRequests(Context& context) : context_(context), notices_(context) {}

OutsideRequests::~OutsideRequests() = default;

OutsideRoute OutsideRequests::route(const Arrival& arrival) const {
    if (arrival.info.side == sip::Side::Trunk) return route_to_phone(arrival);
    const auto binding = context_.locator.find_flow(arrival.flow);
    const std::string aor =
        binding ? binding->aor : context_.domains.aor(arrival.request.from().uri).value_or("");
    const std::string call_id = context_.names.derived(call_id_seed(arrival.request));
    auto trunks =
        context_.peers.choose_up({.aor = aor,
                                  .granted_by = binding ? binding->upstream_trunk : std::string_view(),
                                  .call_id = call_id});
    const int refusal = trunks.empty() ? 503 : 0;
    return {.trunks = std::move(trunks),
            .device = binding.value_or(registrar::Binding{}), // who asks
            .asleep = {},
            .aor = aor,
            .hosts = hosts_for(context_, aor),
            .refusal = refusal};
}

OutsideRoute OutsideRequests::route_to_phone(const Arrival& arrival) const {
    Destination target = find_destination(context_, called_by_pbx(context_, arrival));
    OutsideRoute route{.trunks = {},
                       .device = {},
                       .asleep = {},
                       .aor = target.aor,
                       .hosts = hosts_for(context_, target.aor),
                       .refusal = 0};
    const auto latest = std::ranges::max_element(
        target.devices, {}, [](const registrar::Binding& b) { return std::pair(b.awake(), b.registered); });
    if (latest != target.devices.end() && latest->awake()) {
        route.device = *latest;
        return route;
    }
    if (arrival.request.method() == "MESSAGE")
        for (registrar::Binding& device : target.devices)
            if (device.push.usable() &&
                context_.waker.supports({device.push.provider, device.push.param, device.push.prid},
                                        push::WakeKind::Message))
                route.asleep.push_back(std::move(device));
    if (route.asleep.empty()) route.refusal = target.known ? 480 : 404;
    return route;
}

Translated OutsideRequests::translate(const Arrival& arrival, const OutsideRoute& route,
                                      const trunk::Trunk* trunk) const {
    const sip::Message& request = arrival.request;
    const bool to_pbx = trunk != nullptr;
    sip::NameAddr from = to_pbx ? with_number(request.from(), *trunk, RuleField::Calling)
                                : route.hosts.hide(caller_of_pbx(context_, arrival));
    from.params = {};
    from.params.set("tag", context_.names.derived("tag\n" + names_of(request)));
    sip::NameAddr to = to_pbx ? with_number(request.to(), *trunk, RuleField::Called) : request.to();
    to.params = {};
    if (!to_pbx) to.uri = sip::Uri::parse(route.aor) ? *sip::Uri::parse(route.aor) : to.uri;
    return {.method = std::string(request.method()),
            .from = from.str(),
            .to = to.str(),
            .call_id = context_.names.derived(call_id_seed(request)),
            .cseq = std::to_string(request.cseq().number) + ' ' + std::string(request.method()),
            .max_forwards = std::max(request.max_forwards().value_or(70), 1U) - 1,
            .relayed = policy_toward(context_, to_pbx ? sip::Side::Trunk : sip::Side::Access, route.hosts,
                                     to_pbx ? trunk->name() : arrival.peer)
                           .relay(request)};
}

std::vector<Succession::Way> OutsideRequests::ways(const Arrival& arrival, const OutsideRoute& route,
                                                   bool with_contact) const {
    std::vector<Succession::Way> ways;
    const std::string& user = arrival.request.from().uri.user;
    for (trunk::Trunk* trunk : route.trunks)
        ways.push_back(
            {trunk, translate(arrival, route, trunk)
                        .build(with_number(arrival.request.request_uri().str(), *trunk, RuleField::Called),
                               {}, with_contact ? contact_at(*trunk, route.device, user) : std::string())});
    return ways;
}

void OutsideRequests::relay(const Arrival& arrival) {
    if (arrival.info.side == sip::Side::Trunk && MailboxNotices::is_one(arrival.request))
        return tell_mailbox(arrival);
    OutsideRoute to = route(arrival);
    if (size() >= kMostOpen) to.refusal = 503;
    if (to.refusal != 0) {
        Reply(arrival.tx, arrival.request, context_.names.token()).send(context_.transactions, to.refusal);
        return;
    }
    context_.counters.relayed_requests.add();
    if (begins_dialog(arrival.request.method()))
        subscribe(arrival, to);
    else
        relay_single(arrival, to);
}

void OutsideRequests::tell_mailbox(const Arrival& arrival) {
    const Destination target = find_destination(context_, called_by_pbx(context_, arrival));
    const int status = !target.known ? 404 : target.devices.empty() ? 480 : 200;
    Reply(arrival.tx, arrival.request, context_.names.token()).send(context_.transactions, status);
    if (status != 200) return;
    context_.counters.relayed_requests.add();
    OutsideRoute route{.trunks = {},
                       .device = {},
                       .asleep = {},
                       .aor = target.aor,
                       .hosts = hosts_for(context_, target.aor),
                       .refusal = 0};
    notices_.tell(target.devices, translate(arrival, route, nullptr));
}

void OutsideRequests::relay_single(const Arrival& arrival, const OutsideRoute& to) {
    const sip::Message& request = arrival.request;
    auto made = std::make_unique<RelayedRequest>(
        context_, *this,
        RelayedRequest::Parts{.reply = Reply(arrival.tx, request, context_.names.token()),
                              .back = policy_toward(context_, arrival.info.side, to.hosts, arrival.peer),
                              .request =
                                  translate(arrival, to, to.trunks.empty() ? nullptr : to.trunks.front()),
                              .aor = to.aor});
    RelayedRequest& relayed = *made;
    relays_.emplace(&relayed, std::move(made));
    if (!to.trunks.empty()) return relayed.send(ways(arrival, to, false));
    if (to.asleep.empty()) return relayed.send(to.device);
    const bool readable = request.content_type() == "text/plain";
    relayed.wake(to.asleep, to.hosts.hide(request.from()),
                 readable ? std::string(request.body().substr(0, kMostShown)) : "");
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
                     from_phone ? to.trunks.front()->name() : std::string(),
                     {}},
        .hosts = to.hosts};
    auto subscription = std::make_unique<Subscription>(context_, *this, std::move(start));
    Subscription& started = *subscription;
    subscriptions_.emplace(&started, std::move(subscription));
    if (!to.trunks.empty()) return started.start(ways(arrival, to, true));
    const std::string user = to.hosts.hide(arrival.request.from()).uri.user;
    started.start(to.device.flow,
                  translate(arrival, to, nullptr)
                      .build(to.device.contact, to.device.path, contact_towards(context_, to, user)));
}

void OutsideRequests::on_relayed(RelayedRequest& relayed) {
    const auto at = relays_.find(&relayed);
    if (at == relays_.end()) return;
    context_.graveyard.bury(std::move(at->second));
    relays_.erase(at);
}

void OutsideRequests::on_registered(const registrar::Binding& binding) {
    for (const auto& [key, relayed] : relays_)
        relayed->on_registered(binding);
    for (const auto& [key, subscription] : subscriptions_)
        subscription->on_registered(binding);
    notices_.on_registered(binding);
}

void OutsideRequests::on_subscription_ended(Subscription& subscription) {
    const auto at = subscriptions_.find(&subscription);
    if (at == subscriptions_.end()) return;
    context_.graveyard.bury(std::move(at->second));
    subscriptions_.erase(at);
}

} // namespace wakeline::call

// SPDX-License-Identifier: Apache-2.0
#include "call/new_calls.h"

#include <algorithm>

#include "base/text.h"
#include "call/multipart.h"
#include "call/numbers.h"
#include "call/policy.h"
#include "call/replaces.h"
#include "registrar/device_name.h"

namespace wakeline::call {

namespace {

std::string user_of(const std::string& aor) {
    const auto uri = sip::Uri::parse(aor);
    return uri ? number_of(*uri) : aor;
}

/// A phone may sleep when its turn comes. The PBX, which may challenge our refreshes, chooses itself.
std::optional<Refresher> refresher_towards(sip::Side callee) {
    return callee == sip::Side::Access ? std::optional(Refresher::Uac) : std::nullopt;
}

/// RFC 4028 is per leg: this is our own wish.
void ask_for_session(const CallConfig& config, sip::Side callee, Relayed& relayed) {
    relayed.add_option("Supported", "timer");
    if (const auto session = config.rules.wished_session(); session.count() != 0)
        relayed.set("Session-Expires", SessionExpires{session, refresher_towards(callee)}.str());
}

} // namespace

Call::Invite NewCalls::invite(const Arrival& arrival, const std::string& contact_user,
                              const HeaderPolicy& policy) const {
    const sip::Message& request = arrival.request;
    const std::string tag = context_.names.token();
    const std::string contact = contact_on(arrival.info, contact_user);
    const sip::Side callee = arrival.info.side == sip::Side::Access ? sip::Side::Trunk : sip::Side::Access;

    Call::Invite invite{.record = {},
                        .offer = {},
                        .reply = Reply(arrival.tx, request, tag),
                        .dialog = sip::Dialog::from_request(request, tag, arrival.flow, contact),
                        .caller = {arrival.info.side, 0, {}, contact},
                        .hosts = policy.hosts(),
                        .user_aor = {},
                        .reliable_required = request.has_token("Require", "100rel"),
                        .session = SessionWish::of(request),
                        .expires = {}};
    invite.record.id = context_.names.token();
    if (const auto expires = request.expires()) invite.expires = std::chrono::seconds(*expires);
    CallOffer& offer = invite.offer;
    offer.from = request.from();
    offer.from.params = {};
    offer.to = request.to();
    offer.request_uri = request.request_uri().str();
    offer.relayed = policy.relay(request);
    offer.sdp = request.content_type().empty() ? request.body() : sdp_of(request);
    ask_for_session(context_.config, callee, offer.relayed);
    offer.max_forwards = std::max(request.max_forwards().value_or(70), 1U) - 1;
    offer.caller_side = arrival.info.side;
    offer.caller_address = arrival.info.remote;
    offer.caller_secure = arrival.info.kind == sip::TransportKind::Tls;
    return invite;
}

std::optional<Ending> NewCalls::unfit(const sip::Message& request, Call::Invite& made) const {
    if (const int status = take_replaces(request, made.offer))
        return Ending::ours(status, Outcome::Refused, "Replaces names no call here");
    const auto least = context_.config.rules.least_session();
    if (!made.session.below(least)) return std::nullopt;
    Ending ending = Ending::ours(422, Outcome::Refused, "Session-Expires is too small");
    ending.relayed.set("Min-SE", std::to_string(least.count()));
    return ending;
}

/// RFC 3325 section 5, for a phone whose REGISTER was accepted: who it says that it is does not matter.
void NewCalls::assert_identity(const sip::Message& request, const std::string& aor, AssertIdentity when,
                               Relayed& relayed) const {
    const bool asked = request.header("P-Asserted-Identity").has_value() ||
                       (!context_.config.digest_end_to_end && request.header("P-Preferred-Identity"));
    auto identity = sip::Uri::parse(aor);
    if (!identity || when == AssertIdentity::Never || (when == AssertIdentity::Asked && !asked)) return;
    if (const Subscriber* known = context_.subscribers.find(aor); known != nullptr && !known->number.empty())
        identity->user = known->number;
    relayed.set("P-Asserted-Identity", '<' + identity->str() + '>');
}

AssertIdentity NewCalls::asserted_to(const std::string& trunk) const {
    const auto& by_trunk = context_.config.assert_identity;
    auto at = by_trunk.find(trunk);
    if (trunk.empty() && by_trunk.size() == 1) at = by_trunk.begin();
    return at == by_trunk.end() ? AssertIdentity::Asked : at->second;
}

Relayed NewCalls::passes_to(const std::string& trunk, const FromPhone& caller) const {
    Relayed relayed = policy_toward(context_, sip::Side::Trunk, hosts_for(context_, caller.aor), trunk)
                          .relay(caller.request);
    ask_for_session(context_.config, sip::Side::Trunk, relayed);
    if (caller.registered) assert_identity(caller.request, caller.aor, asserted_to(trunk), relayed);
    return relayed;
}

/// What passes to a further trunk is kept only where it is something else: most have one configuration.
TrunkWays NewCalls::ways(const std::vector<trunk::Trunk*>& trunks, const FromPhone& caller) const {
    TrunkWays all = ways_over(trunks);
    const auto rules = [this](const trunk::Trunk& trunk) {
        return rules_toward(context_.config, sip::Side::Trunk, trunk.name());
    };
    const auto alike = [&](const trunk::Trunk& a, const trunk::Trunk& b) {
        const HeaderRules *one = rules(a), *other = rules(b);
        return (one == nullptr) == (other == nullptr) && (one == nullptr || *one == *other) &&
               asserted_to(a.name()) == asserted_to(b.name());
    };
    for (TrunkWay& way : all)
        if (!alike(*trunks.front(), *way.trunk))
            way.relayed = std::make_unique<Relayed>(passes_to(way.trunk->name(), caller));
    return all;
}

int NewCalls::take_replaces(const sip::Message& request, CallOffer& offer) const {
    const auto values = request.headers("Replaces");
    if (values.empty()) return 0;
    if (values.size() > 1) return 400;
    if (offer.caller_side == sip::Side::Access) { // the PBX knows dialogs that we do not
        offer.replaces = replaces_for_pbx(context_.dialogs, values.front());
        return 0;
    }
    const Leg* replaced = replaced_leg(context_.dialogs, values.front());
    if (replaced == nullptr || replaced->side() != sip::Side::Access) return 481;
    offer.replaces = translate_replaces(context_.dialogs, values.front()).value_or("");
    offer.replaces_device = replaced->party().device;
    return 0;
}

void NewCalls::to_phone(const Arrival& arrival) {
    const Destination destination = find_destination(context_, called_by_pbx(context_, arrival));
    const HostHiding hosts = hosts_for(context_, destination.aor);
    Call::Invite made = invite(arrival, arrival.request.request_uri().user,
                               policy_toward(context_, sip::Side::Access, hosts));
    made.user_aor = destination.aor;
    made.caller.name = arrival.peer;
    made.offer.from = caller_of_pbx(context_, arrival);
    made.offer.from.params = {};
    made.offer.from = hosts.hide(std::move(made.offer.from));
    made.offer.to.uri = sip::Uri::parse(destination.aor).has_value() ? *sip::Uri::parse(destination.aor)
                                                                     : arrival.request.request_uri();
    made.record.direction = Direction::ToPhone;
    made.record.caller = number_of(made.offer.from.uri);
    made.record.callee =
        destination.known ? user_of(destination.aor) : number_of(arrival.request.request_uri());
    made.record.trunk = arrival.peer;
    made.offer.trunk = arrival.peer;
    made.offer.trunk_secure = made.offer.caller_secure;

    const bool sleeping = std::ranges::none_of(destination.devices, &registrar::Binding::awake);
    auto bad = unfit(arrival.request, made);
    auto refused = admission_.admit(arrival, made, sleeping, context_.peers.find(arrival.peer));
    auto plan = hunts(made.offer) && destination.known ? hunt(arrival, destination.aor, made.offer) : nullptr;
    const bool merged = plan && is_merged(arrival, destination.aor);
    Call& call = calls_.add(std::move(made));
    if (merged)
        return call.refuse(Ending::ours(482, Outcome::Refused, "the user is hunted for this call already"));
    if (refused) return call.refuse(*std::move(refused));
    if (bad) return call.refuse(*std::move(bad));
    if (!plan) return ring(call, destination);
    call.hunt(std::move(plan));
    call.start();
}

/// A PBX that calls each device of the user itself has begun the hunt already.
bool NewCalls::is_merged(const Arrival& arrival, const std::string& aor) const {
    const auto others = calls_.of(aor);
    return std::ranges::any_of(others, [&](const Call* other) { return other->merges(arrival.request); });
}

/// Who replaces a call means one device.
bool NewCalls::hunts(const CallOffer& offer) const {
    return context_.config.routing == Routing::RingPlan && offer.replaces.empty();
}

std::unique_ptr<RingHunt> NewCalls::hunt(const Arrival& arrival, const std::string& aor,
                                         const CallOffer& offer) const {
    const Subscriber* subscriber = context_.subscribers.find(aor);
    RingHunt::Plan plan{.config = context_.config.ring_plan,
                        .user = subscriber != nullptr ? *subscriber : Subscriber{},
                        .reachable = false,
                        .shown = {},
                        .offer = offer,
                        .aor = aor};
    plan.shown = !plan.user.number.empty() ? plan.user.number
                 : !plan.user.desk.empty() ? plan.user.desk
                                           : user_of(aor);
    plan.reachable =
        std::ranges::any_of(context_.locator.find(aor), [this](const registrar::Binding& device) {
            const registrar::PushData& push = device.push;
            return device.awake() ||
                   (push.usable() && context_.waker.supports({push.provider, push.param, push.prid}));
        });
    HostHiding numbers = hosts_for(context_, aor);
    const HeaderPolicy back(sip::Side::Trunk, numbers.keep_hosts(),
                            {.dialogs = context_.dialogs,
                             .digest_end_to_end = context_.config.digest_end_to_end,
                             .rules = nullptr,
                             .from_pbx = true});
    plan.offer.relayed = back.relay(arrival.request);
    ask_for_session(context_.config, sip::Side::Trunk, plan.offer.relayed);
    plan.offer.from = arrival.request.from();
    plan.offer.from.params = {};
    return std::make_unique<RingHunt>(context_.timers, std::move(plan));
}

void NewCalls::ring(Call& call, const Destination& destination) {
    if (!destination.known) return call.refuse(Ending::ours(404, Outcome::Refused, "unknown number"));
    if (destination.devices.empty())
        return call.refuse(Ending::ours(480, Outcome::Unreachable, "no device is registered"));
    const std::string uuid = context_.names.uuid();
    for (const auto& device : destination.devices)
        call.add_device(device, uuid);
    call.start();
}

void NewCalls::from_phone(const Arrival& arrival) {
    const sip::Message& request = arrival.request;
    const auto binding = context_.locator.find_flow(arrival.flow);
    const std::string aor = binding ? binding->aor : context_.domains.aor(request.from().uri).value_or("");
    const std::string names = std::string(request.call_id()) + '\n' + std::string(request.from_tag());
    std::string call_id = context_.names.derived("call-id\n" + names);
    const auto trunks =
        context_.peers.choose({.aor = aor,
                               .granted_by = binding ? binding->upstream_trunk : std::string_view(),
                               .call_id = call_id});
    const std::string trunk = trunks.empty() ? std::string() : trunks.front()->name();
    Call::Invite made = invite(arrival, request.request_uri().user,
                               policy_toward(context_, sip::Side::Trunk, hosts_for(context_, aor), trunk));
    made.user_aor = aor;
    if (binding) made.caller.device = binding->id;
    made.caller.name = binding ? registrar::device_name(*binding) : arrival.info.remote.str();
    made.record.direction = Direction::FromPhone;
    made.record.caller = number_of(request.from().uri);
    made.record.callee = number_of(request.request_uri());
    made.offer.emergency = is_emergency(context_.config.emergency, request.request_uri());
    const bool emergency = made.offer.emergency;
    made.offer.trunk = trunk;
    made.offer.trunk_secure = !trunks.empty() && speaks_tls(trunks.front()->uri());
    if (binding) assert_identity(request, aor, asserted_to(trunk), made.offer.relayed);
    auto bad = unfit(request, made);
    auto refused = admission_.admit(arrival, made, false, trunks.empty() ? nullptr : trunks.front());
    Call& call = calls_.add(std::move(made));
    if (refused) return call.refuse(*std::move(refused));
    if (bad) return call.refuse(*std::move(bad));
    if (trunks.empty() || (!emergency && std::ranges::none_of(trunks, &trunk::Trunk::available))) {
        Ending down = Ending::ours(503, Outcome::Unreachable, "PBX is not reachable");
        down.relayed.set("Retry-After", "5");
        return call.refuse(std::move(down));
    }
    call.add_trunks(ways(trunks, {request, aor, binding.has_value()}), std::move(call_id),
                    context_.names.derived("tag\n" + names),
                    binding ? binding->upstream_contact : request.from().uri.user);
    call.start();
}

} // namespace wakeline::call

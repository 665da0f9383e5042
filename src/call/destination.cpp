// SPDX-License-Identifier: Apache-2.0
#include "call/destination.h"

#include "base/text.h"
#include "call/numbers.h"

namespace wakeline::call {

namespace {

std::string host_of(const std::string& aor) { return aor.substr(aor.find('@') + 1); }

/// As Uri::aor of that user in our first domain: a PBX may call by a number alone.
std::string in_first_domain(const Context& context, const sip::Uri& uri) {
    if (context.config.domains.empty()) return {};
    sip::Uri ours;
    ours.user = uri.user;
    ours.host = lower(context.config.domains.front());
    return ours.aor();
}

} // namespace

Destination find_destination(const Context& context, const sip::Uri& uri) {
    if (auto device = context.locator.find_upstream(uri.user)) {
        std::string aor = device->aor;
        return {std::move(aor), true, {*std::move(device)}};
    }
    auto aor = context.domains.aor(uri);
    if (!aor) aor = in_first_domain(context, uri);
    if (auto device = context.locator.find_gruu(uri, *aor)) {
        if (!device->empty()) aor = device->front().aor;
        return {*aor, true, *std::move(device)};
    }
    return {*aor, context.locator.known(*aor), context.locator.find(*aor)};
}

sip::Uri called_by_pbx(const Context& context, const Arrival& arrival) {
    const sip::Uri& uri = arrival.request.request_uri();
    const trunk::Trunk* trunk = context.peers.find(arrival.peer);
    if (trunk == nullptr) return uri;
    // A provider calls by the name that we registered, and says in To which of our numbers is meant.
    const bool by_registration = !uri.user.empty() && uri.user == trunk->registered_user() &&
                                 !context.locator.known(context.domains.aor(uri).value_or(""));
    sip::Uri called =
        number_from(by_registration ? arrival.request.to().uri : uri, *trunk, trunk::RuleField::Called);
    return called.user == uri.user || context.locator.find_upstream(uri.user) ? uri : called;
}

sip::NameAddr caller_of_pbx(const Context& context, const Arrival& arrival) {
    sip::NameAddr from = arrival.request.from();
    if (const trunk::Trunk* trunk = context.peers.find(arrival.peer))
        from.uri = number_from(std::move(from.uri), *trunk, trunk::RuleField::Calling);
    return from;
}

HostHiding hosts_for(const Context& context, const std::string& aor) {
    std::string domain = host_of(aor);
    if (domain.empty() && !context.config.domains.empty()) domain = context.config.domains.front();
    if (domain.empty()) domain = "anonymous.invalid";
    std::vector<std::string> hidden = context.peers.hosts();
    std::erase(hidden, domain); // a PBX may be known by the domain's own name
    HostHiding hosts(std::move(domain), std::move(hidden));
    hosts.hide_numbers_of(context.subscribers);
    return hosts;
}

} // namespace wakeline::call

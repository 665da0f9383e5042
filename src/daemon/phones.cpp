// SPDX-License-Identifier: Apache-2.0
#include "daemon/phones.h"
#include "daemon/upstreams.h"

#include <algorithm>

#include "config/users_file.h"

namespace wakeline::daemon {

Phones::Phones(const Parts& parts, const config::Config& config)
    : parts_(parts), keepalive_(std::chrono::duration_cast<std::chrono::seconds>(config.access.keepalive)),
      authenticator_(make_authenticator(config)), registrar_({.timers = parts.timers,
                                                              .around = *this,
                                                              .bindings = parts.bindings,
                                                              .authenticator = authenticator_,
                                                              .domains = parts.domains,
                                                              .log = parts.log,
                                                              .metrics = parts.metrics,
                                                              .kept = &users_},
                                                             config.registration) {
    if (config.registration.mode == registrar::Mode::Local) parts.bindings.set_users(users_);
}

registrar::Authenticator Phones::make_authenticator(const config::Config& config) const {
    const registrar::Authenticator::Parts parts{parts_.timers, parts_.domains, parts_.log, parts_.metrics};
    if (config.registration.mode == registrar::Mode::Forward) return registrar::Authenticator(parts);
    return {parts, users_, config.domains.front()};
}

Status Phones::load_users(const std::string& file) {
    if (file.empty()) return Done{};
    config::LoadedUsers loaded = config::load_users_file(file);
    if (config::has_errors(loaded.problems))
        return Error{ErrorCode::InvalidInput, config::report(file, loaded.problems)};
    users_.replace(std::move(loaded.users));
    subscribers_ = std::move(loaded.subscribers);
    return Done{};
}

void Phones::configure(const registrar::RegistrationConfig& config) { registrar_.configure(config); }

void Phones::on_register(sip::ServerTx tx, sip::FlowId flow, const sip::Message& request) {
    registrar_.on_register(tx, flow, request);
}

void Phones::on_flow_closed(sip::FlowId flow) { registrar_.on_flow_closed(flow); }

std::optional<sip::Builder> Phones::check(sip::FlowId flow, const sip::Message& request) {
    return registrar_.check(flow, request);
}

bool Phones::respond(sip::ServerTx tx, const sip::Builder& answer) {
    return parts_.transactions.respond(tx, answer);
}

const sip::FlowInfo* Phones::flow(sip::FlowId flow) const { return parts_.transport.info(flow); }

std::vector<sip::NextHop*> Phones::upstreams(const registrar::UpstreamWanted& wanted) {
    return upstreams_of(parts_.trunks, wanted);
}

bool Phones::admits(const std::string& aor) { return parts_.capacity.admits_number(aor); }

bool Phones::can_push(const registrar::PushData& push) const {
    return parts_.push.supports({push.provider, push.param, push.prid});
}

std::vector<std::string> Phones::push_services() const {
    std::vector<std::string> services;
    for (const push::AppStatus& app : parts_.push.status())
        services.push_back(app.service);
    std::ranges::sort(services);
    services.erase(std::ranges::unique(services).begin(), services.end());
    return services;
}

} // namespace wakeline::daemon

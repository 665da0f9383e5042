// SPDX-License-Identifier: Apache-2.0
#include "registrar/registrar.h"

#include <algorithm>
#include <utility>

#include "base/random.h"
#include "base/text.h"
#include "registrar/registration_answer.h"
#include "registrar/upstream_register.h"
#include "sip/auth_header.h"

namespace wakeline::registrar {

namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

/// Spread, so that phones do not come back all at once.
std::string retry_after() { return std::to_string(10 + random_u32() % 20); }

/// The user that the credentials claim; empty when there are none.
std::string digest_user(const sip::Message& message) {
    for (const char* name : {"Authorization", "Proxy-Authorization"})
        for (const std::string& value : message.headers(name))
            if (const auto header = sip::AuthHeader::parse(value); header && header->get("username"))
                return std::string(*header->get("username"));
    return {};
}

bool says_stale(const sip::Message& response) {
    for (const char* name : {"WWW-Authenticate", "Proxy-Authenticate"})
        for (const std::string& value : response.headers(name))
            if (const auto header = sip::AuthHeader::parse(value); header && header->says("stale", "true"))
                return true;
    return false;
}

/// A certificate that names a user serves that user alone.
bool certificate_allows(std::string_view identity, std::string_view aor) {
    if (istarts_with(identity, "sip:")) identity.remove_prefix(4);
    return identity.empty() || is_owner(identity, aor);
}

} // namespace

Registrar::Registrar(const Parts& parts, RegistrationConfig config)
    : parts_(parts), log_limit_(20, seconds(3)), logins_(parts.timers, parts.log, parts.metrics),
      slow_answers_(parts.timers, [this](sip::ServerTx tx,
                                         const sip::Builder& answer) { parts_.around.respond(tx, answer); }),
      upstream_(parts.timers, *this) {
    config_.mode = config.mode;
    configure(std::move(config));
}

void Registrar::configure(RegistrationConfig config) {
    config.mode = config_.mode;
    config_ = std::move(config);
    logins_.configure({config_.max_failures, config_.block});
}

seconds Registrar::min_expiry() const { return duration_cast<seconds>(config_.min_expiry); }
seconds Registrar::max_expiry() const { return duration_cast<seconds>(config_.max_expiry); }

void Registrar::on_register(sip::ServerTx tx, sip::FlowId flow, const sip::Message& message) {
    parts_.metrics.requests.add();
    const sip::FlowInfo* info = parts_.around.flow(flow);
    if (info == nullptr) return; // nobody is left to hear an answer
    auto answer = sip::Builder::response(message, 500, random_token());

    auto read = RegisterRequest::read(message, parts_.domains);
    if (const auto* rejection = std::get_if<Rejection>(&read))
        return reject(tx, std::move(answer), *rejection);
    auto& request = std::get<RegisterRequest>(read);
    // In mode local most requests are right, and nobody has failed: then the header is read once, below.
    const bool ask_first = config_.mode == Mode::Forward || logins_.size() != 0;
    std::string claimed = ask_first ? digest_user(message) : std::string();
    FailedLogins::Source source(info->remote, claimed.empty() ? std::string_view(request.aor) : claimed);
    if (shut_out(source, request.aor, flow)) return refuse_blocked(tx, std::move(answer));
    auto verdict = parts_.authenticator.check(message);
    if (verdict.wrong && !ask_first) source = FailedLogins::Source(info->remote, digest_user(message));
    if (verdict.refusal)
        return slow_answers_.send(tx, *std::move(verdict.refusal),
                                  verdict.wrong ? logins_.failed(source) : net::Duration::zero());
    if (!verdict.user.empty()) logins_.succeeded(source);
    if (const auto rejection = check(request, *info)) return reject(tx, std::move(answer), *rejection);
    if (message.max_forwards() == 0U && config_.mode == Mode::Forward)
        return reject(tx, std::move(answer), {483});
    if (!verdict.authentication_info.empty()) answer.add("Authentication-Info", verdict.authentication_info);

    const Id id = ++last_id_;
    auto& pending =
        pending_
            .emplace(id, Pending{.tx = tx,
                                 .answer = std::move(answer),
                                 .request = std::move(request),
                                 .origin = {flow, std::string(sip::via_name(info->kind)), info->remote.str()},
                                 .digest_user = std::move(claimed),
                                 .source = std::move(source)})
            .first->second;
    if (config_.mode == Mode::Forward) return forward(id, pending, message);
    grant_locally(pending);
    enqueue(id);
}

/// A thousand phones may share an address with one who guesses: who is registered from there is heard, and on
/// the connection that he is registered on in any case.
bool Registrar::shut_out(const FailedLogins::Source& source, std::string_view aor, sip::FlowId flow) const {
    if (!logins_.blocked(source)) return false;
    const auto known = parts_.bindings.table().of_aor(aor);
    if (std::ranges::find(known, flow, &Binding::flow) != known.end()) return false;
    const bool at_home = std::ranges::any_of(known, [&](const Binding& binding) {
        const auto from = net::SocketAddress::parse(binding.received);
        return from && FailedLogins::Source(*from, {}).address == source.address;
    });
    return !at_home || logins_.blocked_for_own(source);
}

void Registrar::refuse_blocked(sip::ServerTx tx, sip::Builder answer) {
    parts_.metrics.blocked_requests.add();
    answer.set_status(403, "Too Many Wrong Passwords");
    parts_.around.respond(tx, answer);
}

std::optional<sip::Builder> Registrar::check(sip::FlowId flow, const sip::Message& request) {
    const sip::FlowInfo* info = parts_.around.flow(flow);
    if (info == nullptr || config_.mode == Mode::Forward) return parts_.authenticator.check(request).refusal;
    const std::string claimed = digest_user(request);
    const FailedLogins::Source source(info->remote, claimed.empty() ? request.from().uri.user : claimed);
    if (shut_out(source, parts_.domains.aor(request.from().uri).value_or(""), flow)) {
        parts_.metrics.blocked_requests.add();
        return sip::Builder::response(request, 403, random_token(), "Too Many Wrong Passwords");
    }
    auto verdict = parts_.authenticator.check(request);
    if (verdict.wrong) logins_.failed(source);
    if (!verdict.user.empty()) logins_.succeeded(source);
    return std::move(verdict.refusal);
}

void Registrar::on_flow_closed(sip::FlowId flow) {
    for (auto& [id, pending] : pending_)
        if (pending.origin.flow == flow) pending.origin.flow = 0;
    parts_.bindings.on_flow_closed(flow);
}

std::optional<Rejection> Registrar::check(const RegisterRequest& request, const sip::FlowInfo& flow) const {
    if (flow.side == sip::Side::Trunk) return Rejection{403, "Registrations Are for Phones"};
    if (!certificate_allows(flow.peer_identity, request.aor))
        return Rejection{.status = 403,
                         .reason = "Certificate Names Another User",
                         .detail = "the certificate is for " + flow.peer_identity};
    if (request.contacts.size() > config_.max_devices) return Rejection{403, "Too Many Devices"};
    for (const ContactUpdate& contact : request.contacts)
        if (auto rejection = check_contact(contact)) return rejection;
    const bool comes = !std::ranges::all_of(request.contacts, &ContactUpdate::leaving);
    if (comes && !parts_.around.admits(request.aor))
        return Rejection{.status = 503,
                         .reason = "Too Many Registrations",
                         .header_name = "Retry-After",
                         .header_value = "300",
                         .detail = "limits.registrations"};
    return std::nullopt;
}

std::optional<Rejection> Registrar::check_contact(const ContactUpdate& contact) const {
    using Form = PushParams::Form;
    if (contact.leaving()) return std::nullopt; // says goodbye, maybe without its token
    if (!push_served(contact.push))
        return Rejection{.status = 555,
                         .detail = "no app in push.apps is for pn-provider=" + contact.push.data.provider +
                                   " pn-param=" + contact.push.data.param};
    const bool rfc8599 = contact.push.form == Form::Full || contact.push.form == Form::Query;
    const auto least = std::min(rfc8599 ? std::max(min_expiry(), kPushMinimum) : min_expiry(), max_expiry());
    if (contact.expires && seconds(*contact.expires) < least)
        return Rejection{423, {}, "Min-Expires", std::to_string(least.count())};
    return std::nullopt;
}

bool Registrar::push_served(const PushParams& push) const {
    switch (push.form) {
    case PushParams::Form::None:
    case PushParams::Form::Legacy: return true; // a legacy phone knows no 555
    case PushParams::Form::Full: return parts_.around.can_push(push.data);
    case PushParams::Form::Query: break;
    }
    const auto services = parts_.around.push_services();
    return push.data.provider.empty() || std::ranges::find(services, push.data.provider) != services.end();
}

void Registrar::reject(sip::ServerTx tx, sip::Builder answer, const Rejection& rejection) {
    parts_.metrics.refused.add();
    if (log_limit_.allow(parts_.timers.now()))
        parts_.log.info("REGISTER refused", {{"status", std::to_string(rejection.status)},
                                             {"reason", rejection.reason},
                                             {"detail", rejection.detail},
                                             {"to", answer.first("To")}});
    answer.set_status(rejection.status, rejection.reason);
    if (!rejection.header_name.empty()) answer.add(rejection.header_name, rejection.header_value);
    parts_.around.respond(tx, answer);
}

void Registrar::grant_locally(Pending& pending) const {
    for (const ContactUpdate& contact : pending.request.contacts)
        pending.granted.push_back(contact.expires ? std::min(seconds(*contact.expires), max_expiry())
                                                  : max_expiry());
}

// Upstream

void Registrar::forward(Id id, Pending& pending, const sip::Message& message) {
    const auto existing = parts_.bindings.table().of_aor(pending.request.aor);
    const RegistrationFacts facts = this->facts(pending, existing);
    if (const auto rejection = refuse_surplus(facts, config_)) {
        reject(pending.tx, std::move(pending.answer), *rejection);
        pending_.erase(id);
        return;
    }
    const auto identity = upstream::identify(facts, pending.request, max_expiry(), parts_.bindings.key());
    const std::string call_id = upstream::call_id(identity.id);
    std::vector<UpstreamWay> ways;
    for (sip::NextHop* hop : parts_.around.upstreams(
             {.aor = pending.request.aor, .granted_by = upstream::left(facts), .call_id = call_id}))
        ways.push_back({hop, upstream::request(message, identity, *hop)});
    if (ways.empty()) return on_upstream_failure(id, sip::TxFailure::Transport);
    upstream_.send(id, std::move(ways));
}

/// What the PBX grants is what the phone is told, unless we refresh for it.
void Registrar::take_grants(Pending& pending, const sip::Message& response) const {
    pending.granted = upstream::grants(response, pending.request, max_expiry());
    const bool kept = parts_.kept != nullptr && find_owner(*parts_.kept, pending.request.aor);
    for (std::size_t i = 0; i < pending.granted.size(); ++i) {
        ContactUpdate& contact = pending.request.contacts[i];
        contact.upstream_grant = pending.granted[i];
        if (kept && pending.granted[i] > seconds::zero())
            pending.granted[i] =
                std::min(contact.expires ? seconds(*contact.expires) : max_expiry(), max_expiry());
    }
}

void Registrar::on_upstream_answer(Id id, const sip::NextHop& hop, const sip::Message& response) {
    Pending& pending = pending_.at(id);
    pending.request.upstream_trunk = hop.name();
    upstream::pass_on(response, pending.answer);
    if (response.status() < 300) {
        if (!pending.digest_user.empty()) logins_.succeeded(pending.source);
        take_grants(pending, response);
        return enqueue(id);
    }
    const net::Duration delay = refused_upstream(pending, response);
    auto node = pending_.extract(id);
    slow_answers_.send(node.mapped().tx, std::move(node.mapped().answer), delay);
}

/// How long the phone shall wait for the answer.
net::Duration Registrar::refused_upstream(const Pending& pending, const sip::Message& response) {
    const bool challenge = response.status() == 401 || response.status() == 407;
    if (challenge && (pending.digest_user.empty() || says_stale(response))) return {}; // all is well
    parts_.metrics.upstream_refused.add();
    // Some PBXs say 403 to a wrong password.
    const bool wrong = !pending.digest_user.empty() && (challenge || response.status() == 403);
    const net::Duration delay = wrong ? logins_.failed(pending.source) : net::Duration::zero();
    if (!log_limit_.allow(parts_.timers.now())) return delay;
    // What an administrator needs most often to know (SBC-AUTH-03, SBC-REG-14).
    const char* hint = !pending.digest_user.empty() && !is_owner(pending.digest_user, pending.request.aor)
                           ? "the digest user is not the number that registers"
                       : response.status() == 403
                           ? "the PBX may not allow this user to register through a central SBC"
                           : "";
    parts_.log.info("the PBX refused a REGISTER", {{"status", std::to_string(response.status())},
                                                   {"reason", std::string(response.reason())},
                                                   {"aor", pending.request.aor},
                                                   {"digest_user", pending.digest_user},
                                                   {"hint", hint}});
    return delay;
}

/// The phone tries again later; its binding, and the PBX's, stay as they are.
void Registrar::on_upstream_failure(Id id, sip::TxFailure why) {
    auto node = pending_.extract(id);
    Pending& pending = node.mapped();
    parts_.metrics.upstream_failures.add();
    const bool silent = why == sip::TxFailure::Timeout;
    if (log_limit_.allow(parts_.timers.now()))
        parts_.log.info(silent ? "the PBX did not answer a REGISTER" : "no PBX can be reached for a REGISTER",
                        {{"aor", pending.request.aor}});
    pending.answer.set_status(silent ? 504 : 503).add("Retry-After", retry_after());
    parts_.around.respond(pending.tx, pending.answer);
}

// Into the store

void Registrar::enqueue(Id id) {
    const std::string aor = pending_.at(id).request.aor;
    auto& turns = turns_[aor];
    turns.push_back(id);
    if (turns.size() == 1) take_turns(aor);
}

void Registrar::take_turns(const std::string& aor) {
    auto& turns = turns_.at(aor);
    while (!turns.empty()) {
        const Id id = turns.front();
        if (start_commit(id, pending_.at(id))) return;
        pending_.erase(id);
        turns.pop_front();
    }
    turns_.erase(aor);
}

/// False when it is answered already.
bool Registrar::start_commit(Id id, Pending& pending) {
    const auto existing = parts_.bindings.table().of_aor(pending.request.aor);
    // A legacy phone that asks for a service we do not have is served all the same, but cannot be woken.
    for (ContactUpdate& contact : pending.request.contacts)
        if (contact.push.data.usable() && !parts_.around.can_push(contact.push.data)) contact.push = {};
    auto plan = plan_registration(facts(pending, existing), pending.granted, config_);
    if (const auto* rejection = std::get_if<Rejection>(&plan)) {
        reject(pending.tx, std::move(pending.answer), *rejection);
        return false;
    }
    auto& update = std::get<Bindings::Update>(plan);
    if (update.put.empty() && update.remove.empty()) {
        succeed(pending);
        return false;
    }
    note_evictions(pending.request, update);
    parts_.bindings.commit(std::move(update), [this, id](const Status& status) { on_committed(id, status); });
    return true;
}

void Registrar::note_evictions(const RegisterRequest& request, const Bindings::Update& update) {
    for (const Bindings::Removal& removal : update.remove) {
        if (removal.why != kTooManyDevices) continue;
        parts_.metrics.evicted.add();
        if (!log_limit_.allow(parts_.timers.now())) continue;
        const auto old = parts_.bindings.table().find(removal.id);
        parts_.log.info("a device more than max_devices registered: the oldest is registered no longer",
                        {{"aor", request.aor},
                         {"new", request.user_agent},
                         {"old", old ? old->user_agent : ""},
                         {"old_address", old ? old->received : ""}});
    }
}

void Registrar::on_committed(Id id, const Status& status) {
    auto node = pending_.extract(id);
    Pending& pending = node.mapped();
    if (status)
        succeed(pending);
    else {
        pending.answer.set_status(500, "Registration Could Not Be Stored").add("Retry-After", retry_after());
        parts_.around.respond(pending.tx, pending.answer);
    }
    turns_.at(pending.request.aor).pop_front();
    take_turns(pending.request.aor);
}

void Registrar::succeed(Pending& pending) {
    parts_.metrics.registered.add();
    const auto bindings = parts_.bindings.table().of_aor(pending.request.aor);
    const bool asks_which = std::ranges::any_of(pending.request.contacts, [](const ContactUpdate& contact) {
        return contact.push.form == PushParams::Form::Query;
    });
    const auto services = asks_which ? parts_.around.push_services() : std::vector<std::string>();
    if (pending.answer.status() >= 300 || pending.answer.status() < 200) pending.answer.set_status(200);
    RegistrationAnswer{.request = pending.request,
                       .bindings = bindings,
                       .push_services = services,
                       .names = parts_.bindings.names(),
                       .now = parts_.timers.wall_now(),
                       .flow_timer = parts_.around.flow_timer()}
        .write(pending.answer);
    parts_.around.respond(pending.tx, pending.answer);
}

} // namespace wakeline::registrar

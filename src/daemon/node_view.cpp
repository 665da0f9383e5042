// SPDX-License-Identifier: Apache-2.0
#include "daemon/node_view.h"

#include <algorithm>

#include "base/text.h"
#include "config/loader.h"
#include "daemon/named.h"

namespace wakeline::daemon {

namespace {

admin::PushAppStatus in_words(const push::AppStatus& app) {
    admin::PushAppStatus out;
    out.name = app.name;
    out.provider = push::word(app.provider);
    out.state = !app.problem.empty() ? app.problem : app.ready ? "ready" : "not used yet";
    out.endpoint = app.endpoint;
    out.connections = app.connections;
    out.under_way = app.under_way;
    out.accepted = app.accepted;
    out.token_dead = app.token_dead;
    out.refused = app.refused;
    out.unavailable = app.unavailable;
    out.last_status = app.last_status;
    out.last_reason = app.last_reason;
    out.last_answer = app.last_answer;
    return out;
}

std::string media_ports(const media::MediaConfig& media) {
    std::vector<unsigned> ports{media.plain_audio, media.secure_audio, media.plain_video, media.secure_video};
    if (media.single_audio_port) ports.erase(ports.begin() + 1);
    std::string out;
    for (const unsigned port : ports)
        out += (out.empty() ? "" : ", ") + std::to_string(port) + '-' + std::to_string(port + 1);
    return out + " on " + media.address;
}

void count(call::CallState state, admin::NodeStatus& status) {
    switch (state) {
    case call::CallState::Held: ++status.held_calls; return;
    case call::CallState::Ringing: ++status.ringing_calls; return;
    case call::CallState::Established: ++status.established_calls; return;
    case call::CallState::Ended: return;
    }
}

} // namespace

admin::NodeStatus NodeView::status() const {
    const config::Config& config = parts_.config.config();
    admin::NodeStatus status;
    status.version = WAKELINE_VERSION;
    status.node = config.node;
    status.config_file = parts_.config.file();
    status.started = started_;
    status.now = parts_.timers.wall_now();
    status.log_level = parts_.log.level();
    status.store = "sqlite " + config.store.path;
    status.media_ports = media_ports(config.media);
    status.warnings = parts_.config.warnings();
    status.capacity = parts_.modules.capacity().snapshot();
    for (std::string& warning : parts_.modules.capacity().warnings())
        status.warnings.push_back(std::move(warning));
    status.names = parts_.modules.names().snapshot();
    for (const admin::NameStatus& name : status.names)
        if (!name.failure.empty())
            status.warnings.push_back(name.setting + ": " + name.host + " cannot be found: " + name.failure +
                                      (name.addresses.empty() ? "" : "; earlier addresses are used"));
    for (const registrar::FailedLogins::Blocked& one : parts_.modules.phones().failed_logins().snapshot())
        status.warnings.push_back("blocked after " + std::to_string(one.failures) + " wrong passwords: " +
                                  one.address + (one.user.empty() ? "" : ", user " + one.user));
    for (const push::AppStatus& app : parts_.modules.push().status())
        status.push_apps.push_back(in_words(app));
    status.credentials = parts_.modules.credentials().list();
    const registrar::BindingTable& table = parts_.modules.bindings().table();
    status.registrations = table.size();
    status.awake = table.awake();
    status.peers = parts_.modules.trunks().snapshot();
    for (const trunk::PeerSnapshot& peer : status.peers) {
        if (peer.state == trunk::PeerState::Down)
            status.warnings.push_back("trunk " + peer.name + " is down: " + peer.why);
        if (!peer.registration.empty() && !peer.registered)
            status.warnings.push_back("trunk " + peer.name + " is " + peer.registration);
    }
    for (const sip::ListenerSnapshot& listener : parts_.modules.transports().snapshot())
        status.listeners.push_back({.name = listener.name,
                                    .side = listener.side == sip::Side::Access ? "phones" : "pbx",
                                    .transport = std::string(sip::via_name(listener.kind)),
                                    .address = listener.address.str(),
                                    .connections = listener.flows});
    for (const call::CallRecord& call : parts_.modules.calls().snapshot())
        count(call.state, status);
    return status;
}

std::vector<registrar::Binding> NodeView::registrations() const {
    std::vector<registrar::Binding> all;
    parts_.modules.bindings().table().each(
        [&all](const registrar::PackedBinding& packed) { all.push_back(packed.unpack()); });
    return all;
}

std::vector<call::CallRecord> NodeView::calls() const { return parts_.modules.calls().snapshot(); }

void NodeView::ended_calls(std::size_t count, Answer<std::vector<call::CallRecord>> answer) {
    parts_.modules.records().latest(count, std::move(answer));
}

void NodeView::find_call(std::string_view id, Answer<call::CallRecord> answer) {
    parts_.modules.calls().inspect(id, [&records = parts_.modules.records(), id = std::string(id),
                                        answer](Result<call::CallRecord> live) {
        if (live) return answer(std::move(live));
        records.find(id, answer);
    });
}

admin::UserReport NodeView::user_report(std::string_view user) const {
    admin::UserReport report{.user = std::string(user),
                             .known = false,
                             .now = parts_.timers.wall_now(),
                             .devices = {},
                             .call = {}};
    const registrar::Bindings& bindings = parts_.modules.bindings();
    bindings.table().each([&](const registrar::PackedBinding& packed) {
        if (!is_named(user, packed.text(registrar::PackedBinding::Text::Aor))) return;
        registrar::Binding binding = packed.unpack();
        const registrar::PushData& push = binding.push;
        const bool woken =
            push.usable() && parts_.modules.push().supports({push.provider, push.param, push.prid});
        report.devices.push_back({std::move(binding), woken});
    });
    report.known = !report.devices.empty() || bindings.known("sip:" + report.user);
    for (const std::string& domain : parts_.config.config().domains)
        report.known = report.known || bindings.known("sip:" + report.user + '@' + lower(domain));
    return report;
}

void NodeView::why(std::string_view user, Answer<admin::UserReport> answer) {
    admin::UserReport report = user_report(user);
    const std::string callee(user.substr(0, user.find('@')));
    for (call::CallRecord& live : parts_.modules.calls().snapshot())
        if (live.direction == call::Direction::ToPhone && live.callee == callee &&
            (!report.call || report.call->started < live.started))
            report.call = std::move(live);
    if (report.call) return answer(std::move(report));
    parts_.modules.records().last_to(
        callee, [report = std::move(report), answer](Result<call::CallRecord> last) mutable {
            if (!last) {
                const Error why = last.error();
                return why.code == ErrorCode::NotFound ? answer(std::move(report)) : answer(why);
            }
            report.call = *std::move(last);
            answer(std::move(report));
        });
}

void NodeView::capacity(net::WallTime from, net::WallTime to, Answer<admin::CapacityReport> answer) {
    call::Capacity& capacity = parts_.modules.capacity();
    capacity.flush(); // what is of this minute belongs to it
    capacity.history(from, to, [now = capacity.snapshot(), answer](Result<std::vector<call::Usage>> slots) {
        if (!slots) return answer(slots.error());
        answer(admin::CapacityReport{now, *std::move(slots)});
    });
}

bool NodeView::end_call(std::string_view id) {
    return parts_.modules.calls().end_call(id, "ended by an administrator");
}

void NodeView::drop_registration(registrar::BindingId id, Answer<Done> answer) {
    if (!parts_.modules.bindings().find(id))
        return answer(Error{ErrorCode::NotFound, "there is no registration " + std::to_string(id)});
    parts_.modules.bindings().commit({.put = {}, .remove = {{id, "dropped by an administrator"}}},
                                     std::move(answer));
}

std::string NodeView::config_text() const { return config::print_config(parts_.config.config()); }

std::size_t NodeView::drain(std::optional<std::chrono::milliseconds> within) {
    parts_.drain(within);
    return parts_.modules.calls().count();
}

void NodeView::push_test(std::string_view number, Answer<std::vector<admin::PushTest>> answer) {
    push_tests_.start(number, std::move(answer));
}

void NodeView::push_check(Answer<std::vector<admin::PushCheck>> answer) {
    parts_.modules.push().check([answer, apps = parts_.modules.push().status()](const auto& checks) {
        std::vector<admin::PushCheck> all;
        for (const push::Gateway::Check& check : checks) {
            admin::PushCheck& one = all.emplace_back();
            one.app = check.name;
            one.result = check.result;
            one.took = std::chrono::duration_cast<std::chrono::milliseconds>(check.took);
            const auto app = std::ranges::find(apps, check.name, &push::AppStatus::name);
            if (app == apps.end()) continue;
            one.provider = push::word(app->provider);
            one.endpoint = app->endpoint;
        }
        answer(all);
    });
}

} // namespace wakeline::daemon

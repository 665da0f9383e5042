// SPDX-License-Identifier: Apache-2.0
#include "daemon/node_view.h"

namespace wakeline::daemon {

namespace {

admin::PushAppStatus in_words(const push::AppStatus& app) {
    admin::PushAppStatus out{.name = app.name,
                             .provider = app.provider == push::Provider::Apns ? "apns" : "fcm",
                             .state = app.ready ? "ready" : "not used yet"};
    if (!app.problem.empty()) out.state = app.problem;
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
    for (const push::AppStatus& app : parts_.modules.push().status())
        status.push_apps.push_back(in_words(app));
    const registrar::BindingTable& table = parts_.modules.bindings().table();
    status.registrations = table.size();
    status.awake = table.awake();
    status.peers = parts_.modules.trunks().snapshot();
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

void NodeView::push_test(std::string_view number, Answer<std::vector<admin::PushTest>> answer) {
    push_tests_.start(number, std::move(answer));
}

} // namespace wakeline::daemon

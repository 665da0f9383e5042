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
    status.warnings = parts_.config.warnings();
    for (const push::AppStatus& app : parts_.modules.push().status())
        status.push_apps.push_back(in_words(app));
    const registrar::BindingTable& table = parts_.modules.bindings().table();
    status.registrations = table.size();
    status.awake = table.awake();
    return status;
}

std::vector<registrar::Binding> NodeView::registrations() const {
    std::vector<registrar::Binding> all;
    parts_.modules.bindings().table().each(
        [&all](const registrar::PackedBinding& packed) { all.push_back(packed.unpack()); });
    return all;
}

std::vector<call::CallRecord> NodeView::calls() const { return {}; }
void NodeView::ended_calls(std::size_t, Answer<std::vector<call::CallRecord>> answer) {
    answer(std::vector<call::CallRecord>{});
}
void NodeView::find_call(std::string_view, Answer<call::CallRecord> answer) {
    answer(Error{ErrorCode::NotFound, "no such call"});
}
void NodeView::push_test(std::string_view number, Answer<std::vector<admin::PushTest>> answer) {
    push_tests_.start(number, std::move(answer));
}

} // namespace wakeline::daemon

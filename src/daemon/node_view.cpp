// SPDX-License-Identifier: Apache-2.0
#include "daemon/node_view.h"

namespace wakeline::daemon {

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
    return status;
}

std::vector<registrar::Binding> NodeView::registrations() const { return {}; }
std::vector<call::CallRecord> NodeView::calls() const { return {}; }
void NodeView::ended_calls(std::size_t, Answer<std::vector<call::CallRecord>> answer) {
    answer(std::vector<call::CallRecord>{});
}
void NodeView::find_call(std::string_view, Answer<call::CallRecord> answer) {
    answer(Error{ErrorCode::NotFound, "no such call"});
}
void NodeView::push_test(std::string_view, Answer<std::vector<admin::PushTest>> answer) {
    answer(Error{ErrorCode::NotFound, "no such user"});
}

} // namespace wakeline::daemon

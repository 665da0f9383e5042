// SPDX-License-Identifier: Apache-2.0
#include "sip/flows.h"

#include "base/assert.h"

namespace wakeline::sip {

TransportUser& Flows::user() const {
    WAKELINE_ASSERT(user_ != nullptr);
    return *user_;
}

void Flows::add(std::unique_ptr<Flow> flow) {
    const FlowId id = flow->id();
    flows_.emplace(id, std::move(flow));
}

Flow* Flows::find(FlowId id) const {
    const auto found = flows_.find(id);
    return found == flows_.end() ? nullptr : found->second.get();
}

void Flows::close(FlowId id) { finish(id); }

void Flows::close(FlowId id, std::string_view why) {
    if (finish(id)) notify(id, why);
}

bool Flows::finish(FlowId id) {
    auto node = flows_.extract(id);
    if (!node) return false;
    if (node.mapped()->finish())
        finishing_.insert(std::move(node));
    else
        loop_.defer_delete(std::move(node.mapped())); // it may be on the stack
    return true;
}

void Flows::ended(FlowId id, std::string_view why) {
    if (auto node = flows_.extract(id)) {
        loop_.defer_delete(std::move(node.mapped()));
        notify(id, why);
    } else if (auto rest = finishing_.extract(id)) {
        loop_.defer_delete(std::move(rest.mapped()));
    }
}

FlowId Flows::none(std::string_view why) {
    const FlowId id = new_id();
    notify(id, why);
    return id;
}

void Flows::clear() {
    notices_.clear();
    flows_.clear();
    finishing_.clear();
}

void Flows::notify(FlowId id, std::string_view why) {
    notices_.emplace_back(id, why);
    tell_.arm([this] { tell(); });
}

void Flows::tell() {
    for (const auto& [id, why] : std::exchange(notices_, {}))
        user().on_flow_closed(id, why);
}

} // namespace wakeline::sip

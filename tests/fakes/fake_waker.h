// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "push/waker.h"

namespace wakeline::test {

/// A push service in the hands of the test: it remembers who was to be woken, and answers when told to.
class FakeWaker final : public push::Waker {
public:
    struct Asked {
        push::WakeId id;
        push::Device device;
        push::WakeRequest request;
    };
    std::vector<Asked> asked;            // every wake, in order
    std::vector<push::WakeId> cancelled; // in order
    bool supports_all = true;            // what `supports` answers
    bool supports_messages = true;       // the same, for a MESSAGE
    bool supports_ends = false;          // the same, for a call that is over
    bool supports_requests = true;       // the same, for a request inside a dialog

    push::WakeId wake(const push::Device& device, const push::WakeRequest& request, Sent sent,
                      Finished finished) override {
        asked.push_back({++last_id_, device, request});
        open_.emplace(last_id_, Open{std::move(sent), std::move(finished)});
        return last_id_;
    }

    void cancel(push::WakeId id) override {
        if (open_.erase(id) > 0) cancelled.push_back(id);
    }

    bool supports(const push::Device&, push::WakeKind kind) const override {
        switch (kind) {
        case push::WakeKind::Call: return supports_all;
        case push::WakeKind::Message: return supports_all && supports_messages;
        case push::WakeKind::CallEnded: return supports_all && supports_ends;
        case push::WakeKind::Request: return supports_all && supports_requests;
        }
        return false;
    }

    /// The request of this wake was written.
    void written(push::WakeId id) {
        if (const auto it = open_.find(id); it != open_.end())
            if (const Sent sent = it->second.sent) sent();
    }

    /// The service answers; without effect when the wake was cancelled or answered before.
    void answer(push::WakeId id, push::WakeResult result) {
        auto node = open_.extract(id);
        if (!node.empty() && node.mapped().finished) node.mapped().finished(result);
    }
    void accept(push::WakeId id) {
        answer(id, {.outcome = push::WakeOutcome::Accepted, .status = 200, .reason = {}, .message_id = "m1"});
    }

    bool open(push::WakeId id) const { return open_.contains(id); }
    std::size_t open_count() const { return open_.size(); }

private:
    struct Open {
        Sent sent;
        Finished finished;
    };

    std::map<push::WakeId, Open> open_;
    push::WakeId last_id_ = 0;
};

} // namespace wakeline::test

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/deferred.h"
#include "net/event_loop.h"
#include "sip/transport.h"

namespace wakeline::sip {

/// One flow, as the table of flows owns it: a connection, or a remote address of a UDP socket.
class Flow {
public:
    Flow(FlowId id, FlowInfo info) : info_(std::move(info)), id_(id) {}
    virtual ~Flow() = default;
    Flow(const Flow&) = delete;
    Flow& operator=(const Flow&) = delete;

    FlowId id() const noexcept { return id_; }
    const FlowInfo& info() const noexcept { return info_; }

    virtual bool send(std::string message) = 0;
    /// Nothing is read from now on. True when what was sent still has to leave: Flows::ended follows.
    virtual bool finish() = 0;

protected:
    FlowInfo info_;

private:
    FlowId id_;
};

/// Owns every flow, and tells the user of those that ended: at the end of the turn, never inside a call.
class Flows {
public:
    explicit Flows(net::EventLoop& loop) : loop_(loop), tell_(loop) {}

    void start(TransportUser& user) { user_ = &user; }
    /// The one who acts on messages; nothing is received before `start`.
    TransportUser& user() const;

    FlowId new_id() noexcept { return ++last_id_; }
    void add(std::unique_ptr<Flow> flow);
    Flow* find(FlowId id) const;
    std::size_t size() const noexcept { return flows_.size(); }

    /// The user's wish: gone at once, without a word.
    void close(FlowId id);
    /// Our wish: what was sent leaves, and the user is told.
    void close(FlowId id, std::string_view why);
    /// It is over.
    void ended(FlowId id, std::string_view why);
    /// A flow that never was: the user is told so.
    FlowId none(std::string_view why);
    /// Ends all, and tells nobody.
    void clear();

private:
    using Table = std::unordered_map<FlowId, std::unique_ptr<Flow>>;

    bool finish(FlowId id);
    void notify(FlowId id, std::string_view why);
    void tell();

    net::EventLoop& loop_;
    TransportUser* user_ = nullptr;
    FlowId last_id_ = 0;
    Table flows_;
    Table finishing_;
    std::vector<std::pair<FlowId, std::string>> notices_;
    net::Deferred tell_;
};

} // namespace wakeline::sip

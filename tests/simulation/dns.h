// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "net/resolver.h"
#include "net/timer.h"

namespace wakeline::simulation {

/// DNS that knows numbers alone, which is what the trunk is configured with.
class Dns final : public net::Resolver {
public:
    explicit Dns(net::TimerQueue& timers) : timers_(timers) {}

    QueryId naptr(const std::string& name, Answer<net::NaptrRecord> answer) override {
        return later([name, answer] { answer(nothing(name)); });
    }
    QueryId srv(const std::string& name, Answer<net::SrvRecord> answer) override {
        return later([name, answer] { answer(nothing(name)); });
    }
    QueryId addresses(const std::string& name, Answer<net::SocketAddress> answer) override {
        return later([name, answer] {
            if (const auto number = net::SocketAddress::parse(name, 0)) return answer(std::vector{*number});
            answer(nothing(name));
        });
    }
    void cancel(QueryId id) override { timers_.cancel(id); }

private:
    static Error nothing(const std::string& name) { return {ErrorCode::NotFound, "no such record: " + name}; }
    QueryId later(net::TimerQueue::Callback answer) {
        return timers_.schedule(std::chrono::milliseconds(1), std::move(answer));
    }

    net::TimerQueue& timers_;
};

} // namespace wakeline::simulation

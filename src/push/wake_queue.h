// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include "base/log.h"
#include "http/client.h"
#include "net/timer.h"
#include "push/metrics.h"
#include "push/service.h"
#include "push/status.h"
#include "push/wake_table.h"

namespace wakeline::push {

/// All wakes of one app under way: applies the table, repeats what is worth repeating until the call's
/// deadline, and reports each exactly once. Holds no socket and reads no clock but the one it is given.
class WakeQueue {
public:
    struct Tally {
        std::uint64_t accepted = 0, token_dead = 0, refused = 0, unavailable = 0;
        WakeResult last;
        net::WallTime last_at{};
    };

    WakeQueue(net::TimerQueue& timers, http::Client& client, Service& service, ProviderMetrics& metrics,
              Log& log);
    ~WakeQueue();
    WakeQueue(const WakeQueue&) = delete;
    WakeQueue& operator=(const WakeQueue&) = delete;

    void wake(WakeId id, Device device, WakeRequest request, Waker::Sent sent, Waker::Finished finished);
    void cancel(WakeId id);

    /// A credential is there for those that wait for one, or will not come.
    void authorized();
    void unauthorized(const WakeResult& why);
    /// The service refuses whoever shows our credentials: nothing under way will fare better.
    void refuse_all(const WakeResult& why);

    std::size_t size() const noexcept { return wakes_.size(); }
    const Tally& tally() const noexcept { return tally_; }
    /// Its part of an app's status.
    void show(AppStatus& status) const;

private:
    struct Wake;

    void end_all(wake::Event event, const WakeResult& why);
    void on_deadline(WakeId id);
    void handle(WakeId id, wake::Event event);
    void run(WakeId id, Wake& wake, wake::Action action);
    void authorize(WakeId id, Wake& wake);
    void send(WakeId id, Wake& wake);
    void on_sent(WakeId id);
    void on_answer(WakeId id, const http::Response& response);
    wake::Event next_step(Wake& wake, const http::Response& response, Verdict verdict);
    void report(WakeId id);
    void count(const Wake& wake);

    net::TimerQueue& timers_;
    http::Client& client_;
    Service& service_;
    ProviderMetrics& metrics_;
    Log& log_;
    Tally tally_;
    std::map<WakeId, std::unique_ptr<Wake>> wakes_;
};

} // namespace wakeline::push

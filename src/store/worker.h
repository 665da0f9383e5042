// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "net/mailbox.h"
#include "store/sqlite.h"

namespace wakeline::store {

/// The one thread that touches the database. Jobs that arrive together share a transaction (group commit), so
/// a burst costs one write to disk. Everything public is for the thread of the outbox's loop.
class Worker {
public:
    /// Runs on the worker inside a transaction. A job that fails changes nothing and harms no other; when one
    /// did, all that share the transaction run once more, so a job assigns what it finds and adds nothing up.
    using Job = std::function<Status(Sqlite&)>;
    /// Runs on the loop, in the order of the jobs, after the transaction was committed.
    using Callback = std::function<void(Status)>;

    static constexpr std::size_t kMaxWaiting = 65'536; // then jobs fail at once: memory stays bounded

    Worker(Sqlite database, net::Mailbox& outbox);
    /// Writes what was submitted. Callbacks that did not come until now will not come.
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void submit(Job job, Callback done) { submit_within({}, std::move(job), std::move(done)); }
    /// Nobody waits for it: it may gather for that long with others, and goes with the next `submit`.
    void submit_within(net::Duration delay, Job job, Callback done);
    /// Runs a job and waits for its commit: at start, before the loop runs.
    Status run_now(Job job);

private:
    struct Task {
        Job job;
        Callback done;                                // submit
        std::shared_ptr<std::promise<Status>> waiter; // run_now
        Status status = Done{};
    };

    void send();
    void take(std::vector<Task> tasks);
    void commit_batch();
    bool commit_together(std::vector<Task>& batch);
    void commit_guarded(std::vector<Task>& batch);
    Status run(const Job& job);
    void answer(std::vector<Task> batch);

    // The worker thread's:
    Sqlite database_;
    net::EventLoop loop_;
    net::Mailbox inbox_;
    net::Timer commit_;
    std::vector<Task> batch_;
    // The submitter's:
    net::Mailbox& outbox_;
    std::vector<Task> gathered_;
    net::Timer send_;
    net::TimePoint sent_{}, due_{}; // the last batch, and the next
    std::size_t waiting_ = 0;
    std::thread thread_; // last: starts when all the rest is there
};

} // namespace wakeline::store

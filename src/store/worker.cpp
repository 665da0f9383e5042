// SPDX-License-Identifier: Apache-2.0
#include "store/worker.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace wakeline::store {

namespace {

/// Jobs that come so soon after others go together: a storm of phones costs few transactions and few
/// wake-ups of either thread, and who comes alone does not wait.
constexpr net::Duration kGather = std::chrono::milliseconds(5);

} // namespace

Worker::Worker(Sqlite database, net::Mailbox& outbox)
    : database_(std::move(database)), inbox_(loop_), commit_(loop_), outbox_(outbox), send_(outbox.loop()),
      thread_([this] { loop_.run(); }) {}

Worker::~Worker() {
    send();
    inbox_.post([this] {
        commit_batch();
        loop_.stop();
    });
    thread_.join();
}

void Worker::submit_within(net::Duration delay, Job job, Callback done) {
    if (waiting_ >= kMaxWaiting)
        return outbox_.post([done = std::move(done)] {
            done(Error{ErrorCode::Exhausted, "the database cannot keep up: the disk is too slow"});
        });
    ++waiting_;
    gathered_.push_back({std::move(job), std::move(done), nullptr});
    const auto now = outbox_.loop().now();
    const auto due = std::max(now + delay, sent_ + kGather);
    if (send_.armed() && due_ <= due) return;
    due_ = due;
    send_.arm(due - now, [this] { send(); });
}

void Worker::send() {
    if (gathered_.empty()) return;
    sent_ = outbox_.loop().now();
    inbox_.post([this, tasks = std::exchange(gathered_, {})]() mutable { take(std::move(tasks)); });
}

Status Worker::run_now(Job job) {
    auto outcome = std::make_shared<std::promise<Status>>();
    gathered_.push_back({std::move(job), nullptr, outcome});
    send();
    return outcome->get_future().get();
}

void Worker::take(std::vector<Task> tasks) {
    std::ranges::move(tasks, std::back_inserter(batch_));
    // After the letters that came with this one.
    if (!commit_.armed()) commit_.arm({}, [this] { commit_batch(); });
}

void Worker::commit_batch() {
    auto batch = std::exchange(batch_, {});
    if (batch.empty()) return;
    if (!commit_together(batch)) commit_guarded(batch);
    answer(std::move(batch));
}

/// As nearly always, when no job fails. False: nothing has happened.
bool Worker::commit_together(std::vector<Task>& batch) {
    if (!database_.run("BEGIN IMMEDIATE")) return false;
    const bool all =
        std::ranges::all_of(batch, [this](const Task& task) { return task.job(database_).has_value(); });
    if (all && database_.in_transaction() && database_.run("COMMIT")) return true;
    if (database_.in_transaction()) static_cast<void>(database_.run("ROLLBACK"));
    return false;
}

/// Each job with a way back of its own.
void Worker::commit_guarded(std::vector<Task>& batch) {
    Status committed = database_.run("BEGIN IMMEDIATE");
    for (Task& task : batch) {
        task.status = committed ? run(task.job) : committed;
        // A full disk or an I/O error ends the transaction by itself: nothing of this batch is kept.
        if (committed && !database_.in_transaction()) committed = database_.error("cannot write to");
    }
    if (committed) committed = database_.run("COMMIT");
    if (committed) return;
    if (database_.in_transaction()) static_cast<void>(database_.run("ROLLBACK"));
    for (Task& task : batch)
        if (task.status) task.status = committed;
}

Status Worker::run(const Job& job) {
    if (auto begun = database_.run("SAVEPOINT job"); !begun) return begun;
    auto status = job(database_);
    if (!status && database_.in_transaction()) static_cast<void>(database_.run("ROLLBACK TO job"));
    if (!database_.in_transaction()) return status;
    if (auto released = database_.run("RELEASE job"); !released && status) return released;
    return status;
}

void Worker::answer(std::vector<Task> batch) {
    for (Task& task : batch)
        if (task.waiter != nullptr) task.waiter->set_value(task.status);
    std::erase_if(batch, [](const Task& task) { return task.waiter != nullptr; });
    if (batch.empty()) return;
    outbox_.post([this, answered = std::move(batch)] {
        waiting_ -= answered.size();
        for (const Task& task : answered)
            task.done(task.status);
    });
}

} // namespace wakeline::store

// SPDX-License-Identifier: Apache-2.0
#include "store/worker.h"

#include <utility>

namespace wakeline::store {

Worker::Worker(Sqlite database, net::Mailbox& outbox)
    : database_(std::move(database)), inbox_(loop_), commit_(loop_), outbox_(outbox),
      thread_([this] { loop_.run(); }) {}

Worker::~Worker() {
    inbox_.post([this] {
        commit_batch();
        loop_.stop();
    });
    thread_.join();
}

void Worker::submit(Job job, Callback done) {
    if (waiting_ >= kMaxWaiting)
        return outbox_.post([done = std::move(done)] {
            done(Error{ErrorCode::Exhausted, "the database cannot keep up: the disk is too slow"});
        });
    ++waiting_;
    inbox_.post(
        [this, task = Task{std::move(job), std::move(done), nullptr}]() mutable { take(std::move(task)); });
}

Status Worker::run_now(Job job) {
    auto outcome = std::make_shared<std::promise<Status>>();
    inbox_.post([this, task = Task{std::move(job), nullptr, outcome}]() mutable { take(std::move(task)); });
    return outcome->get_future().get();
}

void Worker::take(Task task) {
    batch_.push_back(std::move(task));
    // After the letters that came with this one.
    if (!commit_.armed()) commit_.arm({}, [this] { commit_batch(); });
}

void Worker::commit_batch() {
    auto batch = std::exchange(batch_, {});
    if (batch.empty()) return;
    Status committed = database_.execute("BEGIN IMMEDIATE");
    for (Task& task : batch) {
        task.status = committed ? run(task.job) : committed;
        // A full disk or an I/O error ends the transaction by itself: nothing of this batch is kept.
        if (committed && !database_.in_transaction()) committed = database_.error("cannot write to");
    }
    if (committed) committed = database_.execute("COMMIT");
    if (!committed) {
        if (database_.in_transaction()) static_cast<void>(database_.execute("ROLLBACK"));
        for (Task& task : batch)
            if (task.status) task.status = committed;
    }
    answer(std::move(batch));
}

Status Worker::run(const Job& job) {
    if (auto begun = database_.execute("SAVEPOINT job"); !begun) return begun;
    auto status = job(database_);
    if (!status && database_.in_transaction()) static_cast<void>(database_.execute("ROLLBACK TO job"));
    if (!database_.in_transaction()) return status;
    if (auto released = database_.execute("RELEASE job"); !released && status) return released;
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

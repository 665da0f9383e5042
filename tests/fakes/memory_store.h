// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "registrar/binding_store.h"

namespace wakeline::test {

/// A store that writes when the test says so.
class MemoryStore final : public registrar::BindingStore {
public:
    std::map<registrar::BindingId, registrar::Binding> rows;
    std::set<std::string> users;
    Secret key{"00112233445566778899aabbccddeeff"};
    bool full = false;               // what is written from now on fails
    std::function<void()> on_commit; // optional: something waits to be written

    Result<Kept> load() override {
        Kept kept;
        for (const auto& [id, binding] : rows)
            kept.bindings.push_back(binding);
        kept.users.assign(users.begin(), users.end());
        kept.key = key;
        return kept;
    }
    void commit(Changes changes, DoneCallback done) override {
        waiting_.emplace_back(std::move(changes), std::move(done));
        if (on_commit) on_commit();
    }

    std::size_t waiting() const { return waiting_.size(); }
    /// Writes all that waits, and what that leads to.
    void write() {
        while (!waiting_.empty())
            write_one();
    }
    void write_one() {
        auto [changes, done] = std::move(waiting_.front());
        waiting_.pop_front();
        if (full) return done(Error{ErrorCode::Exhausted, "disk full"});
        for (auto& binding : changes.put) {
            binding.flow = 0;
            rows[binding.id] = std::move(binding);
        }
        for (const auto id : changes.remove)
            rows.erase(id);
        users.insert(changes.users.begin(), changes.users.end());
        done(Done{});
    }

private:
    std::deque<std::pair<Changes, DoneCallback>> waiting_;
};

} // namespace wakeline::test

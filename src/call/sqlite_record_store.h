// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/log.h"
#include "base/metrics.h"
#include "call/record_store.h"
#include "store/worker.h"

namespace wakeline::call {

/// Call records in the database file: the newest `kKept`, so that the file stays bounded.
class SqliteRecordStore final : public RecordStore {
public:
    static constexpr int kKept = 100'000;

    SqliteRecordStore(store::Worker& worker, Log& log, Metrics& metrics);

    /// At start: makes the tables, and brings those of an older Wakeline forward.
    Status open();

    void put(CallRecord record) override;
    void find(std::string_view id, std::function<void(Result<CallRecord>)> callback) override;
    void last_to(std::string_view callee, std::function<void(Result<CallRecord>)> callback) override;
    void latest(std::size_t count, std::function<void(Result<std::vector<CallRecord>>)> callback) override;

private:
    void find_one(std::string_view sql, std::string key, std::function<void(Result<CallRecord>)> callback);
    void note(const Status& written);

    store::Worker& worker_;
    Log& log_;
    Metric& lost_;
    std::uint64_t put_ = 0;
    bool works_ = true;
};

} // namespace wakeline::call

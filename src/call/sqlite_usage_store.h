// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.h"
#include "call/usage_store.h"
#include "store/worker.h"

namespace wakeline::call {

/// Usage over time in the database file.
class SqliteUsageStore final : public UsageStore {
public:
    SqliteUsageStore(store::Worker& worker, Log& log) : worker_(worker), log_(log) {}

    /// At start: makes the table; gives what was kept since that time.
    Result<std::vector<Usage>> open(net::WallTime since);

    void put(std::vector<Usage> slots) override;
    void forget_before(net::WallTime time) override;
    void find(net::WallTime from, net::WallTime to,
              std::function<void(Result<std::vector<Usage>>)> callback) override;

private:
    void note(const Status& written);

    store::Worker& worker_;
    Log& log_;
    bool works_ = true;
};

} // namespace wakeline::call

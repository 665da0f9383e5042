// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "call/call_record.h"

namespace wakeline::call {

/// Keeps the records of ended calls; written off the loop.
class RecordStore {
public:
    virtual ~RecordStore() = default;
    virtual void put(CallRecord record) = 0;
    /// Answers on the loop. Records come newest first.
    virtual void find(std::string_view id, std::function<void(Result<CallRecord>)> callback) = 0;
    /// The last call to that user or number; NotFound when none is kept.
    virtual void last_to(std::string_view callee, std::function<void(Result<CallRecord>)> callback) = 0;
    virtual void latest(std::size_t count, std::function<void(Result<std::vector<CallRecord>>)> callback) = 0;
};

} // namespace wakeline::call

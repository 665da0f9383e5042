// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/c_handle.h"
#include "base/result.h"

namespace wakeline::store {

/// One prepared SQL statement. Values are bound and columns are read by position; no SQL is ever put together
/// from data.
class Statement {
public:
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

    /// Binds all parameters, first to last: integers and text. Text is copied.
    template <class... Values>
    Statement& bind(const Values&... values) {
        reset();
        int index = 0;
        (bind_one(++index, values), ...);
        return *this;
    }

    /// To the next row; false when there is none left.
    Result<bool> step();
    /// For a statement without rows: runs it and makes it ready for the next use.
    Status run();
    void reset() noexcept;

    std::int64_t integer(int column) const;
    std::string text(int column) const;

private:
    template <std::integral T>
    void bind_one(int index, T value) {
        note(sqlite3_bind_int64(statement_.get(), index, static_cast<sqlite3_int64>(value)));
    }
    void bind_one(int index, std::string_view value);
    void note(int code) noexcept {
        if (bind_code_ == SQLITE_OK) bind_code_ = code;
    }

    CHandle<sqlite3_stmt, sqlite3_finalize> statement_;
    int bind_code_ = SQLITE_OK; // the first failure of bind, told by step
};

} // namespace wakeline::store

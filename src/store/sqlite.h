// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <map>
#include <string>
#include <string_view>

#include "store/statement.h"

namespace wakeline::store {

/// A connection to one SQLite file, which is ours alone while it is open. Belongs to one thread at a time.
class Sqlite {
public:
    /// Creates the file when there is none (mode 0600: it holds push tokens), in WAL mode. What is committed
    /// survives `kill -9`; a power failure may take the last second. ":memory:" is for tests.
    static Result<Sqlite> open(const std::string& path);

    /// Any number of statements that give no rows and take no values.
    Status execute(const char* sql);
    Result<Statement> prepare(std::string_view sql);
    /// Prepared at the first use and kept; for SQL that is a constant of the program.
    Result<Statement*> cached(std::string_view sql);
    /// Binds the values and runs a cached statement without rows.
    template <class... Values>
    Status run(std::string_view sql, const Values&... values) {
        auto statement = cached(sql);
        if (!statement) return statement.error();
        return (*statement)->bind(values...).run();
    }

    bool in_transaction() const noexcept { return sqlite3_get_autocommit(database_.get()) == 0; }
    /// The reason of the last failure.
    Error error(std::string_view what) const;

private:
    explicit Sqlite(sqlite3* database) : database_(database) {}
    Status set_up();

    CHandle<sqlite3, sqlite3_close_v2> database_;
    std::map<std::string, Statement, std::less<>> cached_; // before database_ in destruction
};

} // namespace wakeline::store

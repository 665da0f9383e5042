// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "store/sqlite_error.h"

namespace wakeline::store {

namespace {

constexpr std::string_view kInMemory = ":memory:";
constexpr std::int64_t kApplicationId = 0x574b'4c4e; // "WKLN", seen by file(1)

/// SQLite would create it by the umask, and its WAL takes the mode of the file.
Status make_private(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) {
        ::close(fd);
        return Done{};
    }
    struct stat info {};
    if (errno != EEXIST || ::stat(path.c_str(), &info) != 0)
        return sqlite_error(SQLITE_CANTOPEN, std::strerror(errno), path, "cannot create");
    if (!S_ISREG(info.st_mode)) return sqlite_error(SQLITE_CANTOPEN, "not a file", path, "cannot open");
    if ((info.st_mode & 077) != 0 && ::chmod(path.c_str(), 0600) != 0)
        return sqlite_error(SQLITE_PERM, std::strerror(errno), path, "cannot protect");
    return Done{};
}

Result<std::int64_t> query_integer(Sqlite& database, std::string_view sql) {
    auto statement = database.prepare(sql);
    if (!statement) return statement.error();
    const auto row = statement->step();
    if (!row) return row.error();
    return *row ? statement->integer(0) : 0;
}

} // namespace

Result<Sqlite> Sqlite::open(const std::string& path) {
    if (path != kInMemory)
        if (auto made = make_private(path); !made) return made.error();
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(
        path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    Sqlite database(handle);
    if (code != SQLITE_OK) return sqlite_error(code, sqlite3_errstr(code), path, "cannot open");
    sqlite3_extended_result_codes(handle, 1);
    if (auto ready = database.set_up(); !ready) return ready.error();
    return database;
}

Status Sqlite::set_up() {
    // Exclusive: two daemons on one file would each believe in their own bindings.
    if (auto done = execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
                            "PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 16777216;"
                            "PRAGMA secure_delete = FAST; PRAGMA foreign_keys = ON;"
                            "BEGIN IMMEDIATE; COMMIT;");
        !done)
        return done;
    const auto owner = query_integer(*this, "PRAGMA application_id");
    if (!owner) return owner.error();
    const auto tables = query_integer(*this, "SELECT count(*) FROM sqlite_schema");
    if (!tables) return tables.error();
    if (*owner == kApplicationId) return Done{};
    if (*owner != 0 || *tables != 0)
        return Error{ErrorCode::Refused, std::string("the database ") +
                                             sqlite3_db_filename(database_.get(), "main") +
                                             " belongs to another program; set store.path to another file"};
    return execute(("PRAGMA application_id = " + std::to_string(kApplicationId)).c_str());
}

Status Sqlite::execute(const char* sql) {
    if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return error("cannot use");
    return Done{};
}

Result<Statement> Sqlite::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr) !=
        SQLITE_OK)
        return error("cannot use");
    return Statement(statement);
}

Result<Statement*> Sqlite::cached(std::string_view sql) {
    if (const auto at = cached_.find(sql); at != cached_.end()) return &at->second;
    auto statement = prepare(sql);
    if (!statement) return statement.error();
    return &cached_.emplace(sql, *std::move(statement)).first->second;
}

Error Sqlite::error(std::string_view what) const { return sqlite_error(database_.get(), what); }

} // namespace wakeline::store

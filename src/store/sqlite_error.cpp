// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite_error.h"

namespace wakeline::store {

namespace {

std::string_view remedy(int code) {
    switch (code & 0xff) {
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
        return "; its directory must exist, and directory and file must be writable for the user that "
               "Wakeline runs as";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "; another program uses it: is a second wakeline running?";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return "; move the file away and start again (phones have to register once more), or put a backup "
               "in its place";
    case SQLITE_FULL: return "; the disk or the quota is full: make room, nothing needs a restart";
    case SQLITE_IOERR: return "; the disk failed: see the kernel log";
    default: return "";
    }
}

ErrorCode kind(int code) {
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ErrorCode::Refused;
    case SQLITE_FULL:
    case SQLITE_NOMEM: return ErrorCode::Exhausted;
    default: return ErrorCode::Io;
    }
}

} // namespace

Error sqlite_error(int code, std::string_view detail, std::string_view path, std::string_view what) {
    std::string message;
    message.append(what)
        .append(" the database ")
        .append(path)
        .append(": ")
        .append(detail)
        .append(remedy(code));
    return {kind(code), std::move(message)};
}

Error sqlite_error(sqlite3* database, std::string_view what) {
    const char* path = sqlite3_db_filename(database, "main");
    return sqlite_error(sqlite3_extended_errcode(database), sqlite3_errmsg(database),
                        path == nullptr || *path == '\0' ? "in memory" : path, what);
}

} // namespace wakeline::store

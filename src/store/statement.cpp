// SPDX-License-Identifier: Apache-2.0
#include "store/statement.h"

#include "store/sqlite_error.h"

namespace wakeline::store {

Result<bool> Statement::step() {
    if (bind_code_ != SQLITE_OK)
        return Error{ErrorCode::InvalidInput, std::string("cannot bind: ") + sqlite3_errstr(bind_code_)};
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return sqlite_error(sqlite3_db_handle(statement_.get()), "cannot use");
}

Status Statement::run() {
    auto row = step();
    while (row && *row)
        row = step();
    reset();
    if (!row) return row.error();
    return Done{};
}

void Statement::reset() noexcept {
    sqlite3_reset(statement_.get());
    bind_code_ = SQLITE_OK;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string Statement::text(int column) const {
    const auto* text = sqlite3_column_blob(statement_.get(), column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    return text == nullptr ? std::string() : std::string(static_cast<const char*>(text), size);
}

void Statement::bind_one(int index, std::string_view value) {
    const char* text = value.data() == nullptr ? "" : value.data();
    note(sqlite3_bind_text64(statement_.get(), index, text, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

} // namespace wakeline::store

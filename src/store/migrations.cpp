// SPDX-License-Identifier: Apache-2.0
#include "store/migrations.h"

namespace wakeline::store {

namespace {

Result<std::size_t> version_of(Sqlite& database, std::string_view component) {
    auto statement = database.prepare("SELECT version FROM components WHERE name = ?");
    if (!statement) return statement.error();
    const auto row = statement->bind(component).step();
    if (!row) return row.error();
    return *row ? static_cast<std::size_t>(statement->integer(0)) : 0;
}

Status apply(Sqlite& database, std::string_view component, std::span<const char* const> steps) {
    if (auto made = database.execute("CREATE TABLE IF NOT EXISTS components (name TEXT PRIMARY KEY, version "
                                     "INTEGER NOT NULL) WITHOUT ROWID");
        !made)
        return made;
    const auto version = version_of(database, component);
    if (!version) return version.error();
    if (*version > steps.size())
        return Error{ErrorCode::Refused, "the database was written by a newer Wakeline (its " +
                                             std::string(component) + " tables have version " +
                                             std::to_string(*version) + ", this program knows " +
                                             std::to_string(steps.size()) +
                                             "); install that version again, or move the file away"};
    for (const char* step : steps.subspan(*version))
        if (auto done = database.execute(step); !done) return done;
    return database.run("INSERT INTO components VALUES (?, ?) ON CONFLICT DO UPDATE SET version = "
                        "excluded.version",
                        component, steps.size());
}

} // namespace

Status migrate(Sqlite& database, std::string_view component, std::span<const char* const> steps) {
    // A savepoint: works alone and inside the transaction of a caller.
    if (auto begun = database.execute("SAVEPOINT migration"); !begun) return begun;
    const auto applied = apply(database, component, steps);
    if (!applied && database.in_transaction())
        static_cast<void>(database.execute("ROLLBACK TO migration; RELEASE migration"));
    return applied ? database.execute("RELEASE migration") : applied;
}

} // namespace wakeline::store

// SPDX-License-Identifier: Apache-2.0
#include "call/sqlite_usage_store.h"

#include <array>
#include <memory>

#include "store/migrations.h"

namespace wakeline::call {

namespace {

using Slots = std::vector<Usage>;

constexpr std::array kMigrations = {
    "CREATE TABLE usage (at INTEGER NOT NULL, of TEXT NOT NULL, maximum INTEGER NOT NULL," // s since 1970
    " refused INTEGER NOT NULL, PRIMARY KEY (at, of)) WITHOUT ROWID;",
};

constexpr std::string_view kPut =
    "INSERT INTO usage (at, of, maximum, refused) VALUES (?, ?, ?, ?) ON CONFLICT (at, of) DO UPDATE"
    " SET maximum = max(maximum, excluded.maximum), refused = refused + excluded.refused";
constexpr std::string_view kForget = "DELETE FROM usage WHERE at < ?";
constexpr std::string_view kFind =
    "SELECT at, of, maximum, refused FROM usage WHERE at >= ? AND at < ? ORDER BY at, of";

std::int64_t to_seconds(net::WallTime time) {
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

Status write(store::Sqlite& database, const Slots& slots) {
    for (const Usage& slot : slots)
        if (auto put =
                database.run(kPut, to_seconds(slot.at), slot.of, static_cast<std::int64_t>(slot.maximum),
                             static_cast<std::int64_t>(slot.refused));
            !put)
            return put;
    return Done{};
}

Result<Slots> read(store::Sqlite& database, std::int64_t from, std::int64_t to) {
    auto rows = database.prepare(kFind);
    if (!rows) return rows.error();
    rows->bind(from, to);
    Slots slots;
    for (;;) {
        const auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return slots;
        slots.push_back({.at = net::WallTime(std::chrono::seconds(rows->integer(0))),
                         .of = rows->text(1),
                         .maximum = static_cast<unsigned>(rows->integer(2)),
                         .refused = static_cast<std::uint64_t>(rows->integer(3))});
    }
}

} // namespace

Result<Slots> SqliteUsageStore::open(net::WallTime since) {
    Slots kept;
    const auto done = worker_.run_now([&kept, from = to_seconds(since)](store::Sqlite& database) -> Status {
        if (auto made = store::migrate(database, "usage", kMigrations); !made) return made;
        auto slots = read(database, from, std::numeric_limits<std::int64_t>::max());
        if (!slots) return slots.error();
        kept = *std::move(slots);
        return Done{};
    });
    if (!done) return done.error();
    return kept;
}

void SqliteUsageStore::put(Slots slots) {
    worker_.submit([slots = std::move(slots)](store::Sqlite& database) { return write(database, slots); },
                   [this](const Status& status) { note(status); });
}

void SqliteUsageStore::forget_before(net::WallTime time) {
    worker_.submit([at = to_seconds(time)](store::Sqlite& database) { return database.run(kForget, at); },
                   [this](const Status& status) { note(status); });
}

void SqliteUsageStore::find(net::WallTime from, net::WallTime to,
                            std::function<void(Result<Slots>)> callback) {
    const auto found = std::make_shared<Slots>();
    worker_.submit(
        [found, from = to_seconds(from), to = to_seconds(to)](store::Sqlite& database) -> Status {
            auto slots = read(database, from, to);
            if (!slots) return slots.error();
            *found = *std::move(slots);
            return Done{};
        },
        [found, callback = std::move(callback)](const Status& status) {
            if (!status) return callback(status.error());
            callback(std::move(*found));
        });
}

void SqliteUsageStore::note(const Status& written) {
    if (written.has_value() == works_) return;
    works_ = written.has_value();
    if (works_)
        log_.info("usage is kept again");
    else
        log_.error("usage cannot be kept; limits still hold", {{"reason", written.error().message}});
}

} // namespace wakeline::call

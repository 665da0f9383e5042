// SPDX-License-Identifier: Apache-2.0
#include "call/sqlite_record_store.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "call/record_text.h"
#include "store/migrations.h"

namespace wakeline::call {

namespace {

constexpr std::array kMigrations = {
    "CREATE TABLE calls ("
    " seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, direction INTEGER NOT NULL,"
    " caller TEXT NOT NULL, callee TEXT NOT NULL, trunk TEXT NOT NULL,"
    " started INTEGER NOT NULL, answered INTEGER NOT NULL, ended INTEGER NOT NULL," // ms since 1970
    " status INTEGER NOT NULL, reason TEXT NOT NULL, timeline TEXT NOT NULL, media TEXT NOT NULL);",
    "CREATE INDEX calls_to ON calls (callee, seq) WHERE direction = 0;",
};

/// Calls that end within this time share a write to the disk.
constexpr net::Duration kWriteWithin = std::chrono::milliseconds(50);
constexpr std::uint64_t kTrimEach = 64; // records

constexpr std::string_view kPut =
    "INSERT OR REPLACE INTO calls (id, direction, caller, callee, trunk, started, answered, ended, status,"
    " reason, timeline, media) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view kTrim = "DELETE FROM calls WHERE seq <= last_insert_rowid() - ?";
constexpr std::string_view kFind =
    "SELECT id, direction, caller, callee, trunk, started, answered, ended, status, reason, timeline, media"
    " FROM calls WHERE id = ?";
constexpr std::string_view kLastTo =
    "SELECT id, direction, caller, callee, trunk, started, answered, ended, status, reason, timeline, media"
    " FROM calls WHERE callee = ? AND direction = 0 ORDER BY seq DESC LIMIT 1";
constexpr std::string_view kLatest =
    "SELECT id, direction, caller, callee, trunk, started, answered, ended, status, reason, timeline, media"
    " FROM calls ORDER BY seq DESC LIMIT ?";

std::int64_t to_ms(net::WallTime time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}
net::WallTime from_ms(std::int64_t ms) { return net::WallTime(std::chrono::milliseconds(ms)); }

Result<CallRecord> read(const store::Statement& row) {
    CallRecord record;
    record.id = row.text(0);
    record.direction = static_cast<Direction>(row.integer(1) == 0 ? 0 : 1);
    record.state = CallState::Ended;
    record.caller = row.text(2);
    record.callee = row.text(3);
    record.trunk = row.text(4);
    record.started = from_ms(row.integer(5));
    record.answered = from_ms(row.integer(6));
    record.ended = from_ms(row.integer(7));
    record.status = static_cast<int>(row.integer(8));
    record.reason = row.text(9);
    auto timeline = record_text::read_timeline(row.text(10));
    if (!timeline) return timeline.error();
    auto media = record_text::read_media(row.text(11));
    if (!media) return media.error();
    record.timeline = *std::move(timeline);
    record.media = *std::move(media);
    return record;
}

Status write(store::Sqlite& database, const CallRecord& r) {
    return database.run(kPut, r.id, static_cast<int>(r.direction), r.caller, r.callee, r.trunk,
                        to_ms(r.started), to_ms(r.answered), to_ms(r.ended), r.status, r.reason,
                        record_text::write(r.timeline), record_text::write(r.media));
}

/// The rows of a query that takes one value. A damaged row hides no other.
template <class Value>
Result<std::vector<CallRecord>> query(store::Sqlite& database, std::string_view sql, const Value& value) {
    auto rows = database.prepare(sql);
    if (!rows) return rows.error();
    rows->bind(value);
    std::vector<CallRecord> records;
    std::optional<Error> damage;
    for (;;) {
        const auto row = rows->step();
        if (!row) return row.error();
        if (!*row) break;
        if (auto record = read(*rows))
            records.push_back(*std::move(record));
        else
            damage = record.error();
    }
    if (records.empty() && damage) return *damage;
    return records;
}

/// What a job on the worker found, carried to the loop.
template <class T>
struct Answer {
    Result<T> result = Error{ErrorCode::NotFound, "no such call"};

    Status take(Result<T> found) {
        result = std::move(found);
        return result ? Status(Done{}) : Status(result.error());
    }
    Result<T> give(const Status& status) { return status ? std::move(result) : Result<T>(status.error()); }
};

} // namespace

SqliteRecordStore::SqliteRecordStore(store::Worker& worker, Log& log, Metrics& metrics)
    : worker_(worker), log_(log),
      lost_(metrics.declare({"wakeline_call_records_lost_total", MetricKind::Counter,
                             "Records of ended calls that could not be written"})) {}

Status SqliteRecordStore::open() {
    return worker_.run_now(
        [](store::Sqlite& database) { return store::migrate(database, "calls", kMigrations); });
}

void SqliteRecordStore::put(CallRecord record) {
    const bool trim = ++put_ % kTrimEach == 0;
    auto kept = std::make_shared<const CallRecord>(std::move(record)); // jobs are copyable
    worker_.submit_within(
        kWriteWithin,
        [kept = std::move(kept), trim](store::Sqlite& database) {
            auto written = write(database, *kept);
            return written && trim ? database.run(kTrim, kKept) : written;
        },
        [this](const Status& status) { note(status); });
}

void SqliteRecordStore::note(const Status& written) {
    if (!written) lost_.add();
    if (written.has_value() == works_) return;
    works_ = written.has_value();
    if (works_)
        log_.info("call records are written again");
    else
        log_.error("call records cannot be written; calls go on", {{"reason", written.error().message}});
}

void SqliteRecordStore::find(std::string_view id, std::function<void(Result<CallRecord>)> callback) {
    find_one(kFind, std::string(id), std::move(callback));
}

void SqliteRecordStore::last_to(std::string_view callee, std::function<void(Result<CallRecord>)> callback) {
    find_one(kLastTo, std::string(callee), std::move(callback));
}

void SqliteRecordStore::find_one(std::string_view sql, std::string key,
                                 std::function<void(Result<CallRecord>)> callback) {
    const auto answer = std::make_shared<Answer<CallRecord>>();
    worker_.submit(
        [answer, sql, key = std::move(key)](store::Sqlite& database) {
            auto found = query(database, sql, key);
            if (!found) return answer->take(found.error());
            return found->empty() ? Status(Done{}) : answer->take(std::move(found->front()));
        },
        [answer, callback = std::move(callback)](const Status& status) { callback(answer->give(status)); });
}

void SqliteRecordStore::latest(std::size_t count,
                               std::function<void(Result<std::vector<CallRecord>>)> callback) {
    const auto answer = std::make_shared<Answer<std::vector<CallRecord>>>();
    worker_.submit(
        [answer, count](store::Sqlite& database) { return answer->take(query(database, kLatest, count)); },
        [answer, callback = std::move(callback)](const Status& status) { callback(answer->give(status)); });
}

} // namespace wakeline::call

// SPDX-License-Identifier: Apache-2.0
#include "registrar/sqlite_binding_store.h"

#include <array>
#include <chrono>
#include <utility>

#include "base/random.h"
#include "store/migrations.h"

namespace wakeline::registrar {

namespace {

constexpr std::array kMigrations = {
    "CREATE TABLE bindings ("
    " id INTEGER PRIMARY KEY, aor TEXT NOT NULL, contact TEXT NOT NULL, instance_id TEXT NOT NULL,"
    " reg_id INTEGER NOT NULL, call_id TEXT NOT NULL, cseq INTEGER NOT NULL, path TEXT NOT NULL,"
    " push_provider TEXT NOT NULL, push_param TEXT NOT NULL, push_prid TEXT NOT NULL,"
    " user_agent TEXT NOT NULL, transport TEXT NOT NULL, received TEXT NOT NULL,"
    " upstream_contact TEXT NOT NULL, upstream_cseq INTEGER NOT NULL,"
    " expires INTEGER NOT NULL, registered INTEGER NOT NULL, push_expires INTEGER NOT NULL);" // ms since 1970
    "CREATE TABLE users (aor TEXT PRIMARY KEY) WITHOUT ROWID;",
    "CREATE TABLE binding_keys (key TEXT NOT NULL);"
    "ALTER TABLE bindings ADD COLUMN upstream_expires INTEGER NOT NULL DEFAULT 0;",
    "ALTER TABLE bindings ADD COLUMN upstream_trunk TEXT NOT NULL DEFAULT '';",
};

constexpr std::string_view kSelect =
    "SELECT id, aor, contact, instance_id, reg_id, call_id, cseq, path, push_provider, push_param, push_prid,"
    " user_agent, transport, received, upstream_contact, upstream_cseq, expires, registered, push_expires,"
    " upstream_expires, upstream_trunk FROM bindings";
constexpr std::string_view kPut =
    "INSERT OR REPLACE INTO bindings (id, aor, contact, instance_id, reg_id, call_id, cseq, path,"
    " push_provider, push_param, push_prid, user_agent, transport, received, upstream_contact, upstream_cseq,"
    " expires, registered, push_expires, upstream_expires, upstream_trunk)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view kRemove = "DELETE FROM bindings WHERE id = ?";
constexpr std::string_view kPutUser = "INSERT OR IGNORE INTO users VALUES (?)";

using Milliseconds = std::chrono::milliseconds;

std::int64_t to_ms(net::WallTime time) {
    return std::chrono::duration_cast<Milliseconds>(time.time_since_epoch()).count();
}
net::WallTime from_ms(std::int64_t ms) { return net::WallTime(Milliseconds(ms)); }

Binding read_binding(const store::Statement& row) {
    int column = 0;
    const auto text = [&] { return row.text(column++); };
    const auto integer = [&] { return row.integer(column++); };
    Binding binding;
    binding.id = static_cast<BindingId>(integer());
    binding.aor = text();
    binding.contact = text();
    binding.instance_id = text();
    binding.reg_id = static_cast<std::uint32_t>(integer());
    binding.call_id = text();
    binding.cseq = static_cast<std::uint32_t>(integer());
    binding.path = text();
    binding.push.provider = text();
    binding.push.param = text();
    binding.push.prid = Secret(text());
    binding.user_agent = text();
    binding.transport = text();
    binding.received = text();
    binding.upstream_contact = text();
    binding.upstream_cseq = static_cast<std::uint32_t>(integer());
    binding.expires = from_ms(integer());
    binding.registered = from_ms(integer());
    binding.push_expires = from_ms(integer());
    binding.upstream_expires = from_ms(integer());
    binding.upstream_trunk = text();
    return binding;
}

template <class Take>
Status each_row(store::Sqlite& database, std::string_view sql, const Take& take) {
    auto rows = database.prepare(sql);
    if (!rows) return rows.error();
    for (;;) {
        const auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return Done{};
        take(*rows);
    }
}

Status read_all(store::Sqlite& database, BindingStore::Kept& kept) {
    auto read = each_row(database, kSelect,
                         [&](const store::Statement& row) { kept.bindings.push_back(read_binding(row)); });
    if (!read) return read;
    read = each_row(database, "SELECT aor FROM users",
                    [&](const store::Statement& row) { kept.users.push_back(row.text(0)); });
    if (!read) return read;
    read = each_row(database, "SELECT key FROM binding_keys",
                    [&](const store::Statement& row) { kept.key = Secret(row.text(0)); });
    if (!read || !kept.key.empty()) return read;
    kept.key = Secret(random_token(128));
    return database.run("INSERT INTO binding_keys VALUES (?)", kept.key.reveal());
}

Status write(store::Sqlite& database, const Binding& b) {
    return database.run(kPut, b.id, b.aor, b.contact, b.instance_id, b.reg_id, b.call_id, b.cseq, b.path,
                        b.push.provider, b.push.param, b.push.prid.reveal(), b.user_agent, b.transport,
                        b.received, b.upstream_contact, b.upstream_cseq, to_ms(b.expires),
                        to_ms(b.registered), to_ms(b.push_expires), to_ms(b.upstream_expires),
                        b.upstream_trunk);
}

Status write_all(store::Sqlite& database, const BindingStore::Changes& changes) {
    for (const Binding& binding : changes.put)
        if (auto written = write(database, binding); !written) return written;
    for (const BindingId id : changes.remove)
        if (auto removed = database.run(kRemove, id); !removed) return removed;
    for (const std::string& user : changes.users)
        if (auto written = database.run(kPutUser, user); !written) return written;
    return Done{};
}

} // namespace

Result<BindingStore::Kept> SqliteBindingStore::load() {
    Kept kept;
    const auto read = worker_.run_now([&kept](store::Sqlite& database) {
        kept = {};
        auto migrated = store::migrate(database, "bindings", kMigrations);
        return migrated ? read_all(database, kept) : migrated;
    });
    if (!read) return read.error();
    return kept;
}

void SqliteBindingStore::commit(Changes changes, DoneCallback done) {
    worker_.submit(
        [changes = std::move(changes)](store::Sqlite& database) { return write_all(database, changes); },
        std::move(done));
}

} // namespace wakeline::registrar

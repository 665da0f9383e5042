// SPDX-License-Identifier: Apache-2.0
#include "store/migrations.h"

#include <doctest/doctest.h>

#include <array>

using namespace wakeline;
using store::migrate;
using store::Sqlite;

namespace {

constexpr std::array kFirst = {"CREATE TABLE t (a INTEGER)"};
constexpr std::array kSecond = {"CREATE TABLE t (a INTEGER)", "ALTER TABLE t ADD COLUMN b INTEGER DEFAULT 7"};
constexpr std::array kBroken = {"CREATE TABLE t (a INTEGER)", "ALTER TABLE t ADD COLUMN b INTEGER DEFAULT 7",
                                "CREATE TABLE u (a); NONSENSE"};

struct Fixture {
    Sqlite database = *Sqlite::open(":memory:");
    bool has(const std::string& column) {
        return database.prepare("SELECT " + column + " FROM t").has_value();
    }
};

} // namespace

TEST_SUITE_BEGIN("store/migrations");

TEST_CASE_FIXTURE(Fixture, "an old file is brought forward and keeps its rows") {
    REQUIRE(migrate(database, "things", kFirst));
    REQUIRE(database.run("INSERT INTO t VALUES (1)"));
    REQUIRE(migrate(database, "things", kSecond));
    auto row = database.prepare("SELECT a, b FROM t");
    REQUIRE(*row->step());
    CHECK(row->integer(0) == 1);
    CHECK(row->integer(1) == 7);
    CHECK(migrate(database, "things", kSecond)); // again: nothing to do
}

TEST_CASE_FIXTURE(Fixture, "a step that fails leaves the file as it was") {
    REQUIRE(migrate(database, "things", kFirst));
    CHECK_FALSE(migrate(database, "things", kBroken));
    CHECK_FALSE(database.in_transaction());
    CHECK(has("a"));
    CHECK_FALSE(has("b"));
    CHECK(migrate(database, "things", kSecond));
}

TEST_CASE_FIXTURE(Fixture, "a file from a newer Wakeline is refused, not guessed at") {
    REQUIRE(migrate(database, "things", kSecond));
    const auto older = migrate(database, "things", kFirst);
    REQUIRE_FALSE(older);
    CHECK(older.error().message.find("newer Wakeline") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "components of one file have versions of their own") {
    REQUIRE(migrate(database, "things", kSecond));
    constexpr std::array kOther = {"CREATE TABLE other (a INTEGER)"};
    CHECK(migrate(database, "other", kOther));
    CHECK(migrate(database, "things", kSecond));
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "fakes/temporary_directory.h"

using namespace wakeline;
using store::Sqlite;

namespace {

Sqlite open(const std::string& path = ":memory:") {
    auto database = Sqlite::open(path);
    REQUIRE(database);
    return *std::move(database);
}

std::string why_not(const std::string& path) {
    const auto database = Sqlite::open(path);
    return database ? "opened" : database.error().message;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

} // namespace

TEST_SUITE_BEGIN("store/sqlite");

TEST_CASE("values go in and come out by position, whatever they hold") {
    auto database = open();
    REQUIRE(database.execute("CREATE TABLE t (n INTEGER, s TEXT)"));
    const std::string hostile("'); DROP TABLE t; --\0\"", 23);
    REQUIRE(database.run("INSERT INTO t VALUES (?, ?)", -5, hostile));
    REQUIRE(database.run("INSERT INTO t VALUES (?, ?)", 1LL << 60, std::string_view{}));
    auto rows = database.prepare("SELECT n, s FROM t ORDER BY n");
    REQUIRE(rows);
    REQUIRE(*rows->step());
    CHECK(rows->integer(0) == -5);
    CHECK(rows->text(1) == hostile);
    REQUIRE(*rows->step());
    CHECK(rows->integer(0) == 1LL << 60);
    CHECK(rows->text(1).empty());
    CHECK_FALSE(*rows->step());
}

TEST_CASE("a statement that failed can be used again") {
    auto database = open();
    REQUIRE(database.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)"));
    REQUIRE(database.run("INSERT INTO t VALUES (?)", 1));
    CHECK_FALSE(database.run("INSERT INTO t VALUES (?)", 1));
    CHECK(database.run("INSERT INTO t VALUES (?)", 2));
    CHECK_FALSE(database.run("INSERT INTO nowhere VALUES (?)", 2));
}

TEST_CASE("the file and its log are readable for nobody else: they hold push tokens") {
    const test::TemporaryDirectory directory;
    const auto mode = [&](const char* name) {
        struct stat info {};
        REQUIRE(::stat(directory.file(name).c_str(), &info) == 0);
        return info.st_mode & 0777;
    };
    SUBCASE("a new one") {}
    SUBCASE("one that was too open") {
        open(directory.file("w.db"));
        std::filesystem::permissions(directory.file("w.db"), std::filesystem::perms(0644));
    }
    auto database = open(directory.file("w.db"));
    REQUIRE(database.execute("CREATE TABLE t (n INTEGER)"));
    CHECK(mode("w.db") == 0600);
    CHECK(mode("w.db-wal") == 0600);
}

TEST_CASE("a file that cannot be used is named, with the reason and the remedy") {
    const test::TemporaryDirectory directory;
    SUBCASE("no such directory") {
        const auto why = why_not(directory.file("nowhere/w.db"));
        CHECK(contains(why, directory.file("nowhere/w.db")));
        CHECK(contains(why, "No such file or directory"));
        CHECK(contains(why, "directory must exist"));
    }
    SUBCASE("a directory") { CHECK(contains(why_not(directory.path()), "not a file")); }
    SUBCASE("not a database") {
        std::ofstream(directory.file("w.db")) << std::string(4096, 'x');
        const auto why = why_not(directory.file("w.db"));
        CHECK(contains(why, directory.file("w.db")));
        CHECK(contains(why, "file is not a database; move the file away"));
    }
    SUBCASE("damaged inside") {
        {
            auto database = open(directory.file("w.db"));
            REQUIRE(database.execute("CREATE TABLE t (n INTEGER)"));
        }
        std::fstream file(directory.file("w.db"), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(100);
        file << std::string(3000, '\xff');
        file.close();
        CHECK(contains(why_not(directory.file("w.db")), "move the file away"));
    }
    SUBCASE("in use") {
        const auto first = open(directory.file("w.db"));
        CHECK(contains(why_not(directory.file("w.db")), "is a second wakeline running?"));
    }
    SUBCASE("the database of another program") {
        {
            auto database = open(directory.file("w.db"));
            REQUIRE(database.execute("PRAGMA application_id = 77"));
        }
        CHECK(contains(why_not(directory.file("w.db")), "belongs to another program"));
    }
}

TEST_CASE("a full disk is told as such, and what was there stays") {
    const test::TemporaryDirectory directory;
    auto database = open(directory.file("w.db"));
    REQUIRE(database.execute("CREATE TABLE t (s TEXT); PRAGMA max_page_count = 4"));
    REQUIRE(database.run("INSERT INTO t VALUES (?)", "kept"));
    const auto full = database.run("INSERT INTO t VALUES (?)", std::string(100'000, 'x'));
    REQUIRE_FALSE(full);
    CHECK(full.error().code == ErrorCode::Exhausted);
    CHECK(contains(full.error().message, "make room"));
    auto rows = database.prepare("SELECT count(*), max(s) FROM t");
    REQUIRE(*rows->step());
    CHECK(rows->text(1) == "kept");
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include "call/sqlite_record_store.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "fakes/temporary_directory.h"

using namespace wakeline;
using namespace std::chrono_literals;
using call::CallRecord;
using call::SqliteRecordStore;

namespace {

CallRecord record(const std::string& id) {
    CallRecord r;
    r.id = id;
    r.direction = call::Direction::FromPhone;
    r.state = call::CallState::Ended;
    r.caller = "1001";
    r.callee = "+49 30 \"x\"";
    r.trunk = "pbx";
    r.started = net::WallTime(1'790'000'000'001ms);
    r.ended = r.started + 90s;
    r.status = 486;
    r.reason = "busy \xff\xfe here"; // no UTF-8: a phone's word
    r.timeline = {{0ms, "invite", "", ""}, {1'234'567us, "push_sent", "7 Phone/1", "apns \xff"}};
    media::StreamStats audio;
    audio.kind = "audio";
    audio.phone_security = "AES_CM_128_HMAC_SHA1_80";
    audio.from_phone = {.packets = 4'000'000'000'000, .octets = 5, .lost = 6, .jitter_ms = 1.5};
    r.media = {audio};
    return r;
}

struct Fixture {
    Fixture() { REQUIRE(store.open()); }

    Result<CallRecord> find(std::string_view id) { return ask(&SqliteRecordStore::find, id); }
    Result<CallRecord> last_to(std::string_view callee) { return ask(&SqliteRecordStore::last_to, callee); }
    template <class Question>
    Result<CallRecord> ask(Question question, std::string_view key) {
        std::optional<Result<CallRecord>> answer;
        (store.*question)(key, [&](Result<CallRecord> found) {
            answer = std::move(found);
            loop.stop();
        });
        loop.run();
        return *answer;
    }
    std::vector<std::string> latest(std::size_t count) {
        std::vector<std::string> ids;
        store.latest(count, [&](const Result<std::vector<CallRecord>>& found) {
            REQUIRE(found);
            for (const CallRecord& r : *found)
                ids.push_back(r.id);
            loop.stop();
        });
        loop.run();
        return ids;
    }

    test::TemporaryDirectory directory;
    NullSink sink;
    Log log{sink};
    Metrics metrics;
    net::EventLoop loop;
    net::Mailbox mailbox{loop};
    store::Worker worker{*store::Sqlite::open(directory.file("w.db")), mailbox};
    SqliteRecordStore store{worker, log, metrics};
};

} // namespace

TEST_SUITE_BEGIN("call/sqlite_record_store");

TEST_CASE_FIXTURE(Fixture, "a record comes back whole, with its timeline and media") {
    store.put(record("c1"));
    const auto found = find("c1");
    REQUIRE(found);
    CHECK(found->direction == call::Direction::FromPhone);
    CHECK(found->callee == "+49 30 \"x\"");
    CHECK(found->started == record("c1").started);
    CHECK(found->answered == net::WallTime{});
    CHECK(found->status == 486);
    CHECK(found->reason == record("c1").reason);
    REQUIRE(found->timeline.size() == 2);
    CHECK(found->timeline[1].at == 1'234'567us);
    CHECK(found->timeline[1].device == "7 Phone/1");
    CHECK(found->timeline[1].detail == "apns \xef\xbf\xbd");
    REQUIRE(found->media.size() == 1);
    CHECK(found->media[0].phone_security == "AES_CM_128_HMAC_SHA1_80");
    CHECK(found->media[0].from_phone.packets == 4'000'000'000'000);
    CHECK(found->media[0].from_phone.jitter_ms == 1.5);
}

TEST_CASE_FIXTURE(Fixture, "the newest come first, and what is not there is not found") {
    for (const char* id : {"c1", "c2", "c3"})
        store.put(record(id));
    CHECK(latest(2) == std::vector<std::string>{"c3", "c2"});
    CHECK_FALSE(find("c4"));
    CHECK(find("c4").error().code == ErrorCode::NotFound);
}

TEST_CASE_FIXTURE(Fixture, "the last call to a number is found, and calls from it are others") {
    for (const char* id : {"c1", "c2", "c3"}) {
        CallRecord call = record(id);
        call.direction = id == std::string("c3") ? call::Direction::FromPhone : call::Direction::ToPhone;
        store.put(call);
    }
    CHECK(last_to("+49 30 \"x\"")->id == "c2");
    CHECK(last_to("1001").error().code == ErrorCode::NotFound);
}

TEST_CASE_FIXTURE(Fixture, "a damaged row is told, and harms no other") {
    store.put(record("c1"));
    store.put(record("c2"));
    REQUIRE(worker.run_now([](store::Sqlite& db) {
        return db.execute("UPDATE calls SET timeline = '[{\"us\":\"soon\"}]' WHERE id = 'c1'");
    }));
    CHECK(find("c1").error().code == ErrorCode::Io);
    CHECK(find("c2"));
    CHECK(latest(10) == std::vector<std::string>{"c2"});
}

TEST_CASE_FIXTURE(Fixture, "the file stays bounded: the oldest records go") {
    store.put(record("old"));
    REQUIRE(worker.run_now([](store::Sqlite& db) {
        return db.execute("UPDATE sqlite_sequence SET seq = 100000 WHERE name = 'calls'");
    }));
    for (int i = 0; i < 100; ++i) // it is looked after now and then
        store.put(record("new" + std::to_string(i)));
    const auto kept = latest(1'000);
    CHECK(kept.size() == 100);
    CHECK(std::ranges::find(kept, "old") == kept.end());
}

TEST_SUITE_END();

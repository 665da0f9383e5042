// SPDX-License-Identifier: Apache-2.0
#include "registrar/sqlite_binding_store.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <set>

#include "fakes/fake_locator.h"
#include "fakes/temporary_directory.h"

using namespace wakeline;
using namespace std::chrono_literals;
using registrar::Binding;
using registrar::BindingId;
using registrar::SqliteBindingStore;

namespace {

/// A store on a file, with its worker and a loop that hears it.
struct Opened {
    explicit Opened(const std::string& path) : worker(*store::Sqlite::open(path), mailbox), store(worker) {}

    std::vector<Binding> load() {
        auto kept = store.load();
        REQUIRE_MESSAGE(kept, kept.error().message);
        std::ranges::sort(kept->bindings, {}, &Binding::id);
        users = std::move(kept->users);
        return std::move(kept->bindings);
    }
    /// Commits and runs the loop until the answer is there.
    Status commit(registrar::BindingStore::Changes changes) {
        std::optional<Status> answer;
        store.commit(std::move(changes), [&](Status status) {
            answer = std::move(status);
            loop.stop();
        });
        loop.run();
        REQUIRE(answer);
        return *answer;
    }

    net::EventLoop loop;
    net::Mailbox mailbox{loop};
    store::Worker worker;
    SqliteBindingStore store;
    std::vector<std::string> users;
};

Binding device(BindingId id) {
    auto binding = test::FakeLocator::sleeping(id, "sip:user" + std::to_string(id) + "@example.com");
    binding.reg_id = 1;
    binding.call_id = "call'; DROP TABLE bindings; --";
    binding.cseq = 4'294'967'295;
    binding.path = "<sip:edge.example.net;lr>";
    binding.user_agent = "Phone \xc3\xbc/1";
    binding.received = "[2001:db8::7]:40000";
    binding.upstream_cseq = 7;
    binding.upstream_trunk = "pbx";
    binding.registered = net::WallTime(1'790'000'000'123ms);
    binding.expires = binding.registered + 168h;
    binding.push_expires = binding.expires + 720h;
    return binding;
}

/// The child: writes bindings one by one and tells each on the pipe when it is acknowledged; never returns.
[[noreturn]] void write_until_killed(const std::string& path, int pipe) {
    Opened opened(path);
    if (!opened.store.load()) ::_exit(1);
    BindingId id = 0;
    std::function<void()> next = [&] {
        const BindingId one = ++id;
        opened.store.commit({{device(one)}, {}}, [&, one](const Status& status) {
            if (!status || ::write(pipe, &one, sizeof one) != sizeof one) ::_exit(1);
            next();
        });
    };
    for (int parallel = 0; parallel < 8; ++parallel)
        next();
    opened.loop.run();
    ::_exit(1);
}

} // namespace

TEST_SUITE_BEGIN("registrar/sqlite_binding_store");

TEST_CASE("a binding comes back from the file as it went in, asleep") { // proves: SBC-REG-09
    const test::TemporaryDirectory directory;
    auto awake = device(1);
    awake.flow = 9;
    {
        Opened opened(directory.file("w.db"));
        CHECK(opened.load().empty());
        REQUIRE(opened.commit({{awake, device(2)}, {}, {awake.aor, device(2).aor}}));
        REQUIRE(opened.commit({{device(3)}, {2}, {device(3).aor}}));
        auto changed = device(3);
        changed.contact = "sip:moved@192.0.2.9";
        REQUIRE(opened.commit({{changed}, {}}));
    }
    Opened opened(directory.file("w.db"));
    const auto kept = opened.load();
    REQUIRE(kept.size() == 2);
    CHECK(kept[0] == device(1));
    CHECK(kept[1].contact == "sip:moved@192.0.2.9");
    CHECK(opened.users.size() == 3); // the user of the removed one stays known
}

TEST_CASE("answers come in the order of the commits, and many share a transaction") {
    const test::TemporaryDirectory directory;
    Opened opened(directory.file("w.db"));
    opened.load();
    std::vector<BindingId> order;
    for (BindingId id = 1; id <= 500; ++id)
        opened.store.commit({{device(id)}, {}}, [&, id](const Status& status) {
            CHECK(status);
            order.push_back(id);
            if (id == 500) opened.loop.stop();
        });
    opened.loop.run();
    CHECK(order.size() == 500);
    CHECK(std::ranges::is_sorted(order));
}

TEST_CASE("what a full disk refuses is not kept, what it took before is, and it goes on when there is room") {
    const test::TemporaryDirectory directory;
    Opened opened(directory.file("w.db"));
    opened.load();
    REQUIRE(opened.commit({{device(1)}, {}}));
    REQUIRE(
        opened.worker.run_now([](store::Sqlite& db) { return db.execute("PRAGMA max_page_count = 12"); }));
    Status status = Done{};
    BindingId id = 1;
    while (status && id < 1'000)
        status = opened.commit({{device(++id)}, {}});
    REQUIRE_FALSE(status);
    CHECK(status.error().message.find("make room") != std::string::npos);
    REQUIRE(
        opened.worker.run_now([](store::Sqlite& db) { return db.execute("PRAGMA max_page_count = 99999"); }));
    CHECK(opened.load().size() == id - 1);
    CHECK(opened.commit({{device(id)}, {}}));
    CHECK(opened.load().size() == id);
}

TEST_CASE("one bad change among many harms no other") {
    const test::TemporaryDirectory directory;
    Opened opened(directory.file("w.db"));
    opened.load();
    std::string outcome;
    const auto note = [&](const Status& status) {
        outcome += status ? '+' : '-';
        if (outcome.size() == 3) opened.loop.stop();
    };
    opened.store.commit({{device(1)}, {}}, note);
    opened.worker.submit(
        [](store::Sqlite& db) {
            auto status = db.run("DELETE FROM bindings");
            return status ? db.execute("INSERT INTO nowhere VALUES (1)") : status;
        },
        note);
    opened.store.commit({{device(2)}, {}}, note);
    opened.loop.run();
    CHECK(outcome == "+-+");
    CHECK(opened.load().size() == 2);
}

TEST_CASE("what was acknowledged survives kill -9") { // proves: SBC-REG-09; scenario 39
    const test::TemporaryDirectory directory;
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) write_until_killed(directory.file("w.db"), ends[1]);
    ::close(ends[1]);
    std::set<BindingId> acknowledged;
    BindingId id = 0;
    while (::read(ends[0], &id, sizeof id) == sizeof id) {
        acknowledged.insert(id);
        if (acknowledged.size() == 300) ::kill(child, SIGKILL); // in the middle of its work
    }
    ::close(ends[0]);
    int how = 0;
    REQUIRE(::waitpid(child, &how, 0) == child);
    REQUIRE(WIFSIGNALED(how));
    REQUIRE(WTERMSIG(how) == SIGKILL);

    Opened opened(directory.file("w.db"));
    std::set<BindingId> kept;
    for (const Binding& binding : opened.load()) {
        CHECK(binding == device(binding.id));
        kept.insert(binding.id);
    }
    CHECK(acknowledged.size() >= 300);
    CHECK(std::ranges::includes(kept, acknowledged));
}

TEST_SUITE_END();

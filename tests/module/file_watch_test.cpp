// SPDX-License-Identifier: Apache-2.0
#include "daemon/file_watch.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "fakes/temporary_directory.h"

using namespace wakeline;
using namespace std::chrono_literals;

namespace {

struct Site {
    test::TemporaryDirectory folder;
    net::EventLoop loop;
    int calls = 0;
    daemon::FileWatch watch{loop,
                            [this] {
                                ++calls;
                                loop.stop();
                            },
                            10ms};
    net::Timer enough{loop};

    void write(const std::string& name) { std::ofstream(folder.file(name)) << "x"; }
    /// Runs until the watch calls, or as long as an event would take.
    void run(net::Duration most = 10s) {
        enough.arm(most, [this] { loop.stop(); });
        loop.run();
    }
};

} // namespace

TEST_CASE_FIXTURE(Site,
                  "a file that is written, renamed into place or removed is noticed, once for a burst") {
    watch.watch({folder.file("key.pem"), folder.file("chain.pem")});
    write("key.pem");
    write("chain.pem");
    run();
    CHECK(calls == 1);
    write("new");
    std::filesystem::rename(folder.file("new"), folder.file("chain.pem"));
    run();
    CHECK(calls == 2);
    std::filesystem::remove(folder.file("key.pem"));
    run();
    CHECK(calls == 3);
}

TEST_CASE_FIXTURE(Site,
                  "a link that is turned to another file is noticed, other files of the folder are not") {
    write("one.pem");
    watch.watch({folder.file("link.pem")});
    std::filesystem::create_symlink(folder.file("one.pem"), folder.file("link.pem"));
    run();
    CHECK(calls == 1);
    write("two.pem");
    run(100ms);
    CHECK(calls == 1);
}

TEST_CASE_FIXTURE(Site, "what is no longer watched is not noticed, nor is a folder that is not there") {
    watch.watch({folder.file("key.pem")});
    watch.watch({"/nowhere/at/all.pem"});
    write("key.pem");
    run(100ms);
    CHECK(calls == 0);
}

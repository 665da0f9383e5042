// SPDX-License-Identifier: Apache-2.0
#include "daemon/log_sinks.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "fakes/temporary_directory.h"

// proves: SBC-DIAG-04

using namespace wakeline;
using daemon::LogSink;

namespace {

const std::string kLong(100'000, 'x');

struct Site {
    test::TemporaryDirectory place;
    std::string file = place.file("wakeline.log");

    std::unique_ptr<LogSink> open(bool rotate) const {
        return *LogSink::open(
            {.level = LogLevel::Med, .target = LogTarget::File, .file = file, .rotate = rotate});
    }
    std::uintmax_t size(const std::string& number) const {
        std::error_code none;
        const auto octets = std::filesystem::file_size(file + number, none);
        return none ? 0 : octets;
    }
};

} // namespace

TEST_SUITE_BEGIN("daemon/log_sinks");

TEST_CASE_FIXTURE(Site, "five files of a megabyte are kept, and the oldest goes") {
    const auto sink = open(true);
    for (int i = 0; i < 75; ++i)
        sink->write(Severity::Info, std::to_string(i) + kLong);
    CHECK(size("") < 1'100'000);
    for (const char* number : {".1", ".2", ".3", ".4"})
        CHECK(size(number) > 1'000'000);
    CHECK(!std::filesystem::exists(file + ".5"));
    std::ifstream oldest(file + ".4");
    std::string line;
    std::getline(oldest, line);
    CHECK(line.find("info    30x") != std::string::npos);
}

TEST_CASE_FIXTURE(Site, "what a file has already counts, and without rotation it grows") {
    open(false)->write(Severity::Info, kLong + kLong);
    {
        const auto sink = open(false);
        for (int i = 0; i < 20; ++i)
            sink->write(Severity::Info, kLong);
    }
    CHECK(size("") > 2'000'000);
    open(true)->write(Severity::Info, "the next line is the first of a new file");
    CHECK(size("") == 0);
    CHECK(size(".1") > 2'000'000);
}

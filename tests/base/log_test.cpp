// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <doctest/doctest.h>

using namespace wakeline;

namespace {

struct LastLine final : Log::Sink {
    void write(Severity, std::string_view text) override { line = text; }
    std::string line;
};

std::string logged(std::string value) {
    LastLine sink;
    Log(sink, LogLevel::Max).info("x", {{"v", std::move(value)}});
    return sink.line;
}

} // namespace

TEST_SUITE_BEGIN("base/log");

TEST_CASE("what a peer sends stays one line and one value") {
    CHECK(logged("plain") == "x v=plain");
    CHECK(logged("a b=c \"d\" \\") == R"(x v="a b=c \"d\" \\")");
    CHECK(logged("a\r\nlevel=error\x1b[31m") == R"(x v="a\x0d\x0alevel=error\x1b[31m")");
    CHECK(logged("") == "x v=\"\"");
    CHECK(logged(std::string(600, 'a')) == "x v=" + std::string(512, 'a') + "...");
}

TEST_CASE("a line is UTF-8 without control characters, or the journal would hide it") {
    CHECK(logged("ü€😀") == "x v=\"ü€😀\"");
    CHECK(logged("\xff\xc3") == R"(x v="\xff\xc3")");
    CHECK(logged("\xed\xa0\x80") == R"(x v="\xed\xa0\x80")");                 // a surrogate
    CHECK(logged("\xc0\xaf\xe0\x80\xaf") == R"(x v="\xc0\xaf\xe0\x80\xaf")"); // too long
    CHECK(logged("\xf4\x90\x80\x80") == R"(x v="\xf4\x90\x80\x80")");         // beyond Unicode
    CHECK(logged("\xc2\x9b") == R"(x v="\xc2\x9b")");                         // a terminal's CSI
    CHECK(logged(std::string(511, 'a') + "ü").ends_with(R"(a\xc3"...)"));     // cut in two
}

TEST_SUITE_END();

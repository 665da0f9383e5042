// SPDX-License-Identifier: Apache-2.0
#include "admin/token.h"

#include <doctest/doctest.h>

#include <fstream>

#include "fakes/temporary_directory.h"

using namespace wakeline;
using namespace wakeline::admin;

TEST_SUITE_BEGIN("admin/token");

TEST_CASE("a token is the whole of what is shown, and none opens nothing") {
    const Secret token("0123456789abcdef");
    CHECK(shows_token("Bearer 0123456789abcdef", token));
    CHECK(shows_token("bearer  0123456789abcdef ", token));
    for (const char* wrong :
         {"", "Bearer", "Bearer 0123456789abcde", "Bearer 0123456789abcdeX", "Basic 0123456789abcdef"})
        CHECK_MESSAGE(!shows_token(wrong, token), wrong);
    CHECK(!shows_token("Bearer ", Secret()));
}

TEST_CASE("a short token is refused, no file is no token") {
    const test::TemporaryDirectory place;
    std::ofstream(place.file("short")) << "abc\n";
    std::ofstream(place.file("good")) << "0123456789abcdef\nmore\n";
    CHECK(!read_token(place.file("short")));
    CHECK(!read_token(place.file("none")));
    CHECK(read_token(place.file("good"))->reveal() == "0123456789abcdef");
    CHECK(read_token("")->empty());
}

// SPDX-License-Identifier: Apache-2.0
#include "base/json_text.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace wakeline;
using nlohmann::json;

TEST_SUITE_BEGIN("base/json_text");

TEST_CASE("objects in objects, texts, numbers and flags come out as they went in") {
    JsonText out;
    out.open().text("a", "b").open("c").close().open("d").number("n", -7).flag("t", true).close();
    out.flag("f", false).close();
    CHECK(out.take() == R"({"a":"b","c":{},"d":{"n":-7,"t":true},"f":false})");
}

namespace {

std::string read_back(const std::string& text) {
    JsonText out;
    out.open().text("x", text).close();
    return json::parse(out.take())["x"];
}

} // namespace

TEST_CASE("UTF-8 is read back as it was, whatever must be escaped") {
    for (const std::string text : {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\x9e", "\"\\/\b\f\n\r\t\x01\x7f",
                                   "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", ""})
        CHECK(read_back(text) == text);
    CHECK(read_back(std::string("\0x", 2)) == std::string("\0x", 2));
}

TEST_CASE("what is no UTF-8 becomes U+FFFD, and what stands beside it stays") {
    for (const std::string bad : {"\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5",
                                  "\xf0\x9f\x93", "\xe2\x82", "\x80", "\xff\xfe"}) {
        const std::string back = read_back("a" + bad + "z");
        CHECK(back.starts_with("a\xef\xbf\xbd"));
        CHECK(back.ends_with("\xef\xbf\xbdz"));
    }
}

TEST_CASE("lists hold values and objects, numbers are exact or as short as they can be") {
    JsonText out;
    out.open_list().open().real("x", 0.1).number("n", 1).close().open().open_list("l").close_list().close();
    out.close_list();
    CHECK(out.take() == R"([{"x":0.1,"n":1},{"l":[]}])");
    JsonText odd;
    odd.open().real("inf", 1.0 / 0.0).real("large", 1e300).close();
    CHECK(json::parse(odd.take()) == json{{"inf", nullptr}, {"large", 1e300}});
}

TEST_SUITE_END();

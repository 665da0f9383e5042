// SPDX-License-Identifier: Apache-2.0
#include "sip/name_addr.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

using wakeline::sip::NameAddr;

namespace {

NameAddr address(std::string_view text) {
    auto parsed = NameAddr::parse(text);
    REQUIRE_MESSAGE(parsed, text);
    return *parsed;
}

} // namespace

TEST_SUITE_BEGIN("sip/name_addr");

TEST_CASE("a display name in quotes is unescaped, and escaped again when written") {
    const NameAddr parsed = address(R"( "J Rosenberg \\\"" <sip:j@example.com> ; tag = 98asjd8 )");
    CHECK(parsed.display == R"(J Rosenberg \")");
    CHECK(parsed.uri.user == "j");
    CHECK(parsed.tag() == "98asjd8");
    CHECK(parsed.str() == R"("J Rosenberg \\\"" <sip:j@example.com>;tag=98asjd8)");
}

TEST_CASE("a display name of plain words needs no quotes and no space before the bracket") {
    CHECK(address("A. Bell <sip:a@example.com>").display == "A. Bell");
    CHECK(address("caller<sip:c@example.com>;tag=323").tag() == "323");
}

TEST_CASE("parameters inside the brackets are the URI's, outside and without brackets the header's") {
    const NameAddr inside = address("<sip:a@gw;unknownparam>;expires=60");
    CHECK(inside.uri.params.has("unknownparam"));
    CHECK(inside.params.get("expires") == "60");
    const NameAddr bare = address("sip:+19725552222@gw1.example.net;unknownparam");
    CHECK(bare.uri.params.empty());
    CHECK(bare.params.has("unknownparam"));
}

TEST_CASE("a quoted parameter may hold separators") {
    const NameAddr parsed = address("<sip:a@b>;+sip.instance=\"<urn:uuid:1;2,3>\";reg-id=1");
    CHECK(parsed.params.get("+sip.instance") == "\"<urn:uuid:1;2,3>\"");
    CHECK(parsed.params.get("reg-id") == "1");
}

TEST_CASE("addresses that separate nothing clearly are refused") {
    for (const char* text :
         {"", "<>", "<sip:a@b", "sip:a@b>", "\"Bell <sip:a@b>", "Bell, Alexander <sip:a@b>", "< sip:a@b >",
          "\"Joe\" <sip:joe@b>;;;;", "\"Joe\" sip:joe@b", "<sip:a@b> tag=1", "sip:a@b?Route=%3Csip:x%3E",
          "sip:a@b,sip:c@d", "<sip:a@b>;tag=\"x", "a@b", "Joe <sip:a@b> <sip:c@d>", "*"})
        CHECK_FALSE_MESSAGE(NameAddr::parse(text), text);
}

TEST_CASE("a list is split at commas that are not inside quotes or brackets") {
    const std::array<std::string, 2> lines = {R"("a,b" <sip:a,b@x>, <sip:c@x>)", "sip:d@x"};
    const auto list = NameAddr::parse_list(lines);
    REQUIRE(list);
    REQUIRE(list->size() == 3);
    CHECK((*list)[0].display == "a,b");
    CHECK((*list)[0].uri.user == "a,b");
    CHECK((*list)[2].uri.user == "d");
    const std::array<std::string, 1> wrong = {"<sip:a@x>, <sip:b"};
    CHECK_FALSE(NameAddr::parse_list(wrong));
}

TEST_CASE("64 KB of quotes and brackets are refused at once") {
    for (const char* unit : {"\"", "<", ">", "\\\"", "\"\",", "\"<"}) {
        std::string text;
        while (text.size() < 65'536)
            text += unit;
        CHECK_FALSE(NameAddr::parse(text));
    }
}

TEST_SUITE_END();

// SPDX-License-Identifier: Apache-2.0
#include "base/options.h"

#include <doctest/doctest.h>

#include <array>

using namespace wakeline;

namespace {

constexpr std::array kTable{Option{"config", "FILE", "Read this file."},
                            Option{"print", "[FORM]", "Print it."}, Option{"json", "", "For programs."}};

Result<CommandLine> parse(std::vector<const char*> words) { return parse_options(kTable, words); }

} // namespace

TEST_CASE("options may stand anywhere, with their value beside or behind an equals sign") {
    const auto line = parse({"calls", "--config", "a", "--json", "x", "--config=b"});
    REQUIRE(line);
    CHECK(line->value("config") == "b");
    CHECK(line->has("json"));
    CHECK_FALSE(line->has("print"));
    CHECK(line->arguments == std::vector<std::string>{"calls", "x"});
}

TEST_CASE("an optional value stands only behind an equals sign") {
    const auto line = parse({"--print", "word", "--print=man"});
    REQUIRE(line);
    CHECK(line->options.at(0).second == "");
    CHECK(line->value("print") == "man");
    CHECK(line->arguments.size() == 1);
}

TEST_CASE("after two dashes everything is an argument") {
    const auto line = parse({"--", "--json", "-"});
    REQUIRE(line);
    CHECK(line->arguments == std::vector<std::string>{"--json", "-"});
}

TEST_CASE("a wrong command line is answered with a sentence") {
    CHECK(parse({"--cnfig"}).error().message == "there is no option --cnfig");
    CHECK(parse({"-j"}).error().message == "there is no option -j");
    CHECK(parse({"--json=1"}).error().message == "--json takes no value");
    CHECK(parse({"--config"}).error().message == "--config needs a value: --config FILE");
}

TEST_CASE("the help is aligned") {
    CHECK(describe_options(kTable) == "  --config FILE   Read this file.\n"
                                      "  --print[=FORM]  Print it.\n"
                                      "  --json          For programs.\n");
}

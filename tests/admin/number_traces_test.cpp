// SPDX-License-Identifier: Apache-2.0
#include "admin/number_traces.h"

#include <doctest/doctest.h>

using namespace wakeline;

namespace {

trunk::Trunks trunks_with(const std::string& prefix, const std::string& regex) {
    trunk::NumberRule rule;
    rule.prefix = prefix;
    rule.regex = regex;
    rule.replace = "+4989700";
    trunk::TrunkConfig pbx;
    pbx.numbers.rules = {rule};
    return {{"pbx", pbx}, {"plain", {}}};
}

} // namespace

TEST_CASE("what a file's rules make of a number is known without a daemon (proves: SBC-CALL-03)") {
    const auto trunks = trunks_with("9", "");
    const auto all = admin::number_traces(trunks, "", "9012");
    REQUIRE(all);
    REQUIRE(all->size() == 8); // two trunks, two ways, called and calling
    CHECK(all->front().trunk == "pbx");
    CHECK(all->front().direction == "to_pbx");
    CHECK(all->front().field == "called");
    CHECK(all->front().result == "+4989700012");
    CHECK(all->back().result == "9012");
    CHECK(admin::number_traces(trunks, "plain", "9012")->size() == 4);
}

TEST_CASE("a trunk that is not there, or a rule that makes no sense, is named") {
    CHECK(admin::number_traces(trunks_with("9", ""), "backup", "1").error().message ==
          "there is no trunk backup");
    const auto bad = admin::number_traces(trunks_with("", "("), "", "1");
    CHECK(bad.error().message.starts_with("trunk pbx: numbers.rules[0]: regex"));
}

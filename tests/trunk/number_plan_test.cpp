// SPDX-License-Identifier: Apache-2.0
#include "trunk/number_plan.h"

#include <doctest/doctest.h>

#include <chrono>

using namespace wakeline::trunk;
using enum RuleDirection;
using enum RuleField;

namespace {

NumberPlan plan(NumberConfig config) {
    auto made = NumberPlan::create(config);
    REQUIRE(made);
    return *std::move(made);
}

NumberConfig rules_of(std::vector<NumberRule> rules) {
    NumberConfig config;
    config.rules = std::move(rules);
    return config;
}

NumberConfig german(NumberSchema schema) {
    return {.schema = schema, .country = "49", .location = "+4989700", .rules = {}};
}

} // namespace

TEST_SUITE_BEGIN("trunk/number_plan");

TEST_CASE("dial strings stay as they are unless somebody says otherwise (proves: SBC-CALL-03)") {
    const NumberPlan unchanged = plan({});
    for (const char* number : {"31234", "815619231234", "+15619231234", "*21*0", "alice", ""})
        CHECK(unchanged.apply(ToPbx, Called, number) == number);
    CHECK(unchanged.explain(ToPbx, Called, "31234").empty());
}

TEST_CASE("schema e164 writes dialled numbers with +, and extensions by who they are (proves: UP-10)") {
    const NumberPlan e164 = plan(german(NumberSchema::E164));
    CHECK(e164.apply(ToPbx, Called, "+15619231234") == "+15619231234");
    CHECK(e164.apply(ToPbx, Called, "0015619231234") == "+15619231234");
    CHECK(e164.apply(ToPbx, Called, "089-12 34") == "+49891234");
    CHECK(e164.apply(ToPbx, Called, "1234") == "1234"); // maybe a hidden one
    CHECK(e164.apply(ToPbx, Calling, "1234") == "+49897001234");
    CHECK(e164.apply(FromPbx, Called, "+49897001234") == "1234");
    CHECK(e164.apply(FromPbx, Called, "+498970") == "+498970");
    CHECK(e164.apply(FromPbx, Calling, "+15619231234") == "+15619231234");
    CHECK(e164.apply(ToPbx, Called, "alice") == "alice");
}

TEST_CASE("schema internal writes what a person dials (proves: UP-10)") {
    const NumberPlan internal = plan(german(NumberSchema::Internal));
    CHECK(internal.apply(ToPbx, Called, "+49897001234") == "1234");
    CHECK(internal.apply(ToPbx, Called, "+4930555") == "030555");
    CHECK(internal.apply(ToPbx, Called, "+15619231234") == "0015619231234");
    CHECK(internal.apply(ToPbx, Called, "1234") == "1234");
}

TEST_CASE("rules follow in their order, each on what the one before left, and say what they did") {
    const NumberPlan rules =
        plan(rules_of({{.prefix = "0", .regex = {}, .replace = "90"},
                       {.prefix = {}, .regex = "^9(0+)(.*)$", .replace = "\\2x\\1"},
                       {.direction = FromPbx, .field = Calling, .prefix = "9", .regex = {}, .replace = {}}}));
    CHECK(rules.apply(ToPbx, Called, "0123") == "123x0");
    CHECK(rules.apply(ToPbx, Calling, "0123") == "0123");
    CHECK(rules.apply(FromPbx, Calling, "9123") == "123");
    const auto steps = rules.explain(ToPbx, Called, "0123");
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].rule == "prefix 0 -> \"90\"");
    CHECK(steps[0].result == "90123");
    CHECK(steps[1].changed);
    CHECK_FALSE(rules.explain(ToPbx, Called, "55").front().changed);
}

TEST_CASE("a rule that makes no sense is named") {
    const auto why = [](NumberRule rule) {
        auto made = NumberPlan::create(rules_of({std::move(rule)}));
        return made ? std::string() : made.error().message;
    };
    CHECK(why({.prefix = {}, .regex = {}, .replace = "1"}) ==
          "numbers.rules[0]: must have either prefix or regex");
    CHECK(why({.prefix = "1", .regex = "1", .replace = {}}).ends_with("either prefix or regex"));
    CHECK(why({.prefix = {}, .regex = "(", .replace = {}}).starts_with("numbers.rules[0]: regex: "));
    CHECK(why({.prefix = {}, .regex = "(1)", .replace = "\\2"}).starts_with("numbers.rules[0]: replace: "));
}

TEST_CASE("no number takes long, whatever the expression") {
    const NumberPlan evil = plan(rules_of({{.prefix = {}, .regex = "^(1*)*$", .replace = "x"}}));
    CHECK(evil.apply(ToPbx, Called, std::string(127, '1') + '2') == std::string(127, '1') + '2');
    CHECK(evil.apply(ToPbx, Called, std::string(100'000, '1')).size() == 100'000);
}

TEST_CASE("extensions are checked against the length of E.164 (proves: UP-11)") {
    const NumberPlan e164 = plan(german(NumberSchema::E164));
    CHECK(e164.fault("1234").empty());
    CHECK(e164.fault("123456789") == "+4989700123456789 has 16 digits; E.164 allows 15");
    CHECK(e164.fault("alice") == "alice is no E.164 number: it does not begin with +");
    CHECK(plan({}).fault("1").empty());
    NumberConfig without_location = german(NumberSchema::E164);
    without_location.location.clear();
    CHECK(plan(without_location).fault("+123") == "+123 has only 3 digits");
    CHECK(plan(without_location).fault("+0123456789").find("country code") != std::string::npos);
}

TEST_SUITE_END();

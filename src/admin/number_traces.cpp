// SPDX-License-Identifier: Apache-2.0
#include "admin/number_traces.h"

#include <algorithm>
#include <iterator>

namespace wakeline::admin {

namespace {

using trunk::RuleDirection;
using trunk::RuleField;

struct Way {
    RuleDirection direction;
    RuleField field;
    const char *direction_name, *field_name;
};
constexpr Way kWays[] = {
    {RuleDirection::ToPbx, RuleField::Called, "to_pbx", "called"},
    {RuleDirection::ToPbx, RuleField::Calling, "to_pbx", "calling"},
    {RuleDirection::FromPbx, RuleField::Called, "from_pbx", "called"},
    {RuleDirection::FromPbx, RuleField::Calling, "from_pbx", "calling"},
};

} // namespace

Error no_trunk(std::string_view name) {
    return {ErrorCode::NotFound,
            name.empty() ? "there is no trunk" : "there is no trunk " + std::string(name)};
}

std::vector<NumberTrace> number_traces(const std::string& trunk, const trunk::NumberPlan& plan,
                                       std::string_view number) {
    std::vector<NumberTrace> traces;
    for (const Way& way : kWays)
        traces.push_back({trunk, way.direction_name, way.field_name,
                          plan.explain(way.direction, way.field, number),
                          plan.apply(way.direction, way.field, number)});
    return traces;
}

Result<std::vector<NumberTrace>> number_traces(const trunk::Trunks& trunks, std::string_view only,
                                               std::string_view number) {
    std::vector<NumberTrace> traces;
    for (const auto& [name, config] : trunks) {
        if (!only.empty() && name != only) continue;
        const auto plan = trunk::NumberPlan::create(config.numbers);
        if (!plan) return Error{plan.error().code, "trunk " + name + ": " + plan.error().message};
        std::ranges::move(number_traces(name, *plan, number), std::back_inserter(traces));
    }
    if (traces.empty()) return no_trunk(only);
    return traces;
}

} // namespace wakeline::admin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "admin/node.h"
#include "trunk/number_plan.h"

namespace wakeline::admin {

/// What one trunk's plan makes of a number, each way, called and calling.
std::vector<NumberTrace> number_traces(const std::string& trunk, const trunk::NumberPlan& plan,
                                       std::string_view number);

/// Of all trunks of a configuration, or of that one, without a daemon: an error names what there is not.
Result<std::vector<NumberTrace>> number_traces(const trunk::Trunks& trunks, std::string_view only,
                                               std::string_view number);

Error no_trunk(std::string_view name);

} // namespace wakeline::admin

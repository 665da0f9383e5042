// SPDX-License-Identifier: Apache-2.0
#include "config/problem.h"

#include <algorithm>

namespace wakeline::config {

bool has_errors(const Problems& problems) {
    return std::ranges::any_of(problems, [](const Problem& p) { return p.gravity == Gravity::Error; });
}

std::string report(std::string_view file, Problems problems) {
    std::ranges::stable_sort(problems, {}, &Problem::line);
    std::string out;
    for (const Problem& problem : problems) {
        out += file;
        if (problem.line > 0) (out += ':') += std::to_string(problem.line);
        out += ": ";
        if (problem.gravity == Gravity::Warning) out += "warning: ";
        if (!problem.path.empty()) (out += problem.path) += ": ";
        (out += problem.message) += '\n';
    }
    return out;
}

} // namespace wakeline::config

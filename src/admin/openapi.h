// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wakeline::admin {

/// A path of the API, and what it is for.
struct ApiPath {
    std::string_view method, path; // "{id}" stands for one part
    bool for_all = false;          // names nobody: any user of this machine may ask
    std::string_view summary;      // empty: no part of the API
    std::string_view parameters;   // a space between
    std::string_view result;       // "object", "array", "yaml"

    bool matches(std::string_view asked) const;
    /// What stands in the place of "{id}".
    std::optional<std::string> id_in(std::string_view asked) const;
};

/// The description of the API (OpenAPI 3.0) as JSON.
std::string openapi(const std::vector<ApiPath>& paths);

} // namespace wakeline::admin

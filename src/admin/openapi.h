// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "admin/control_api.h"

namespace wakeline::admin {

struct ControlApi::Route {
    std::string_view method, path; // "{id}" stands for one part
    void (ControlApi::*answer)(const http::ServerRequest&, Reply);
    bool for_all;                // names nobody: any user of this machine may ask
    std::string_view summary;    // empty: no part of the API
    std::string_view parameters; // a space between
    std::string_view result;     // "object", "array", "yaml"

    bool matches(std::string_view asked) const;
    /// What stands in the place of "{id}".
    std::optional<std::string> id_in(std::string_view asked) const;
};

/// The description of the API (OpenAPI 3.0) as JSON.
std::string openapi(std::span<const ControlApi::Route> routes);

} // namespace wakeline::admin

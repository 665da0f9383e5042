// SPDX-License-Identifier: Apache-2.0
#include "admin/openapi.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace wakeline::admin {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kId = "{id}";

Json parameters_of(const ApiPath& route) {
    Json out = Json::array();
    for (const std::string_view name : split(route.parameters, ' ')) {
        if (name.empty()) continue;
        const bool in_path = name == "id";
        Json one{{"name", name}, {"in", in_path ? "path" : "query"}, {"schema", {{"type", "string"}}}};
        if (in_path) one["required"] = true;
        out.push_back(std::move(one));
    }
    return out;
}

Json answer(const char* what, const char* type, Json schema) {
    return {{"description", what}, {"content", {{type, {{"schema", std::move(schema)}}}}}};
}

Json good(const ApiPath& route) {
    if (route.result == "yaml") return answer("Good", "application/yaml", {{"type", "string"}});
    Json schema{{"type", route.result}};
    if (route.result == "array") schema["items"] = {{"type", "object"}};
    return answer("Good", "application/json", std::move(schema));
}

Json operation(const ApiPath& route) {
    const Json error = answer("Why not", "application/json", {{"$ref", "#/components/schemas/Error"}});
    Json out{{"summary", route.summary}, {"responses", {{"200", good(route)}, {"400", error}}}};
    if (Json parameters = parameters_of(route); !parameters.empty())
        out["parameters"] = std::move(parameters);
    if (route.for_all) return out;
    out["responses"]["403"] = error;
    out["security"] = Json::array({{{"token", Json::array()}}});
    return out;
}

} // namespace

bool ApiPath::matches(std::string_view asked) const {
    return path.find(kId) == std::string_view::npos ? asked == path : id_in(asked).has_value();
}

std::optional<std::string> ApiPath::id_in(std::string_view asked) const {
    const std::size_t at = path.find(kId);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view before = path.substr(0, at), after = path.substr(at + kId.size());
    if (asked.size() <= before.size() + after.size() || !asked.starts_with(before) || !asked.ends_with(after))
        return std::nullopt;
    const std::string_view id = asked.substr(at, asked.size() - before.size() - after.size());
    return id.find('/') == std::string_view::npos ? std::optional(std::string(id)) : std::nullopt;
}

std::string openapi(const std::vector<ApiPath>& all) {
    Json paths = Json::object();
    for (const ApiPath& route : all)
        if (!route.summary.empty())
            paths["/api" + std::string(route.path)][lower(route.method)] = operation(route);
    const Json error{{"type", "object"}, {"properties", {{"error", {{"type", "string"}}}}}};
    return Json{{"openapi", "3.0.3"},
                {"info",
                 {{"title", "Wakeline"},
                  {"version", "1"},
                  {"description",
                   "What wakelinectl and the status page ask. Times are RFC 3339 in UTC. Over the "
                   "control socket no token is needed."}}},
                {"paths", std::move(paths)},
                {"components",
                 {{"schemas", {{"Error", error}}},
                  {"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}}}}}
               .dump() +
           '\n';
}

} // namespace wakeline::admin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

#include "base/result.h"
#include "ctl/shown.h"

// For the .cpp files of ctl alone: reads the daemon's JSON without trusting it to be of this version.
namespace wakeline::ctl {

using Json = nlohmann::json;

/// The text of a member, whatever its type; empty when it is not there or null.
inline std::string text(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return "";
    return found->is_string() ? found->get<std::string>() : found->dump();
}

inline long long number(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<long long>() : 0;
}

inline double real(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

/// A list or object inside; an empty one when it is not there.
inline const Json& inside(const Json& object, const char* key) {
    static const Json nothing = Json::array();
    const auto found = object.find(key);
    return found == object.end() ? nothing : *found;
}

/// Why a call ended, or what happened last in it: of a held one how far its push is.
std::string last_step(const Json& call);

/// Runs `show` on the parsed text; anything but the expected kind is an error, not an exception.
template <class Show>
Result<Shown> parsed(std::string_view json, Json::value_t kind, Show show) {
    const Json root = Json::parse(json, nullptr, false);
    if (root.type() != kind)
        return Error{ErrorCode::InvalidInput,
                     "the daemon's answer is not understood: is it of another version?"};
    return show(root);
}

} // namespace wakeline::ctl

// SPDX-License-Identifier: Apache-2.0
#include "push/service_account.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace wakeline::push {

namespace {

using nlohmann::json;

std::string text_of(const json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

/// What is copied into an address or a header must not break it.
bool is_token(std::string_view text) {
    for (const char c : text)
        if (c <= ' ' || c >= 0x7f || c == '/' || c == '?' || c == '#' || c == '"') return false;
    return !text.empty();
}

} // namespace

Result<ServiceAccount> ServiceAccount::parse(std::string_view text) {
    const json file = json::parse(text, nullptr, false);
    if (!file.is_object()) return Error{ErrorCode::InvalidInput, "is not a JSON object"};
    if (text_of(file, "type") != "service_account")
        return Error{ErrorCode::InvalidInput,
                     "is not a service account: its type is not \"service_account\""};
    ServiceAccount account;
    account.project_id = text_of(file, "project_id");
    account.client_email = text_of(file, "client_email");
    account.private_key_id = text_of(file, "private_key_id");
    account.private_key = Secret(text_of(file, "private_key"));
    account.token_uri = text_of(file, "token_uri");
    for (const auto& [name, value] : {std::pair{"project_id", &account.project_id},
                                      {"client_email", &account.client_email},
                                      {"private_key_id", &account.private_key_id}})
        if (!is_token(*value)) return Error{ErrorCode::InvalidInput, std::string("has no usable ") + name};
    if (account.private_key.empty()) return Error{ErrorCode::InvalidInput, "has no private_key"};
    if (!istarts_with(account.token_uri, "https://") || account.token_uri.find('/', 8) == std::string::npos)
        return Error{ErrorCode::InvalidInput, "has no https token_uri"};
    return account;
}

} // namespace wakeline::push

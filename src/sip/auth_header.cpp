// SPDX-License-Identifier: Apache-2.0
#include "sip/auth_header.h"

#include <algorithm>

#include "base/text.h"
#include "sip/grammar.h"

namespace wakeline::sip {

namespace {

constexpr std::size_t kMostParams = 32;

Error bad(const char* why) { return {ErrorCode::InvalidInput, why}; }

} // namespace

Result<AuthHeader> AuthHeader::parse(std::string_view value) {
    value = trim(value);
    const auto gap = value.find_first_of(" \t\r\n");
    if (gap == std::string_view::npos) return bad("credentials or a challenge without parameters");
    AuthHeader header;
    header.scheme_ = value.substr(0, gap);
    if (!grammar::is_token(header.scheme_)) return bad("an authentication scheme that is no token");
    if (auto taken = header.take(value.substr(gap)); !taken) return taken.error();
    return header;
}

Result<AuthHeader> AuthHeader::parse_info(std::string_view value) {
    AuthHeader header;
    if (auto taken = header.take(value); !taken) return taken.error();
    return header;
}

Status AuthHeader::take(std::string_view list) {
    params_.reserve(12); // as many as Digest has
    for (const std::string_view one : grammar::split_list(list)) {
        const auto equals = one.find('=');
        if (equals == std::string_view::npos) return bad("an authentication parameter without value");
        const std::string_view name = trim(one.substr(0, equals));
        const std::string_view value = trim(one.substr(equals + 1));
        if (!grammar::is_token(name)) return bad("an ill-formed authentication parameter");
        const bool quoted = value.starts_with('"');
        if (quoted ? grammar::quoted_length(value) != value.size() : !grammar::is_uri_text(value))
            return bad("an ill-formed authentication value");
        if (get(name)) return bad("an authentication parameter that is there twice");
        if (params_.size() == kMostParams) return bad("too many authentication parameters");
        params_.emplace_back(name, grammar::unquote(value));
    }
    return Done{};
}

bool AuthHeader::is_digest() const { return iequals(scheme_, "Digest"); }

std::optional<std::string_view> AuthHeader::get(std::string_view name) const {
    const auto it =
        std::ranges::find_if(params_, [name](const auto& param) { return iequals(param.first, name); });
    if (it == params_.end()) return std::nullopt;
    return it->second;
}

bool AuthHeader::says(std::string_view name, std::string_view value) const {
    const auto found = get(name);
    return found && iequals(*found, value);
}

} // namespace wakeline::sip

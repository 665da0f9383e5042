// SPDX-License-Identifier: Apache-2.0
#include "sip/params.h"

#include <algorithm>

#include "base/text.h"
#include "sip/grammar.h"

namespace wakeline::sip {

namespace {

constexpr std::size_t kMostParams = 100; // looking one up is linear

Error bad(const char* why) { return {ErrorCode::InvalidInput, why}; }

bool good_value(std::string_view value) {
    return value.starts_with('"') ? grammar::quoted_length(value) == value.size()
                                  : grammar::is_plain_value(value);
}

} // namespace

Result<Params> Params::parse(std::string_view text) {
    Params params;
    text = trim(text);
    while (!text.empty()) {
        if (text.front() != ';') return bad("a parameter must follow ';'");
        text.remove_prefix(1);
        const auto end = grammar::find_outside_quotes(text, ';');
        const std::string_view one = trim(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end);

        if (params.list_.size() == kMostParams) return bad("too many parameters");
        const auto equals = one.find('=');
        const std::string_view name = trim(one.substr(0, equals));
        if (!grammar::is_param_name(name)) return bad("empty or ill-formed parameter name");
        Param& param = params.list_.emplace_back(Param{std::string(name), std::nullopt});
        if (equals == std::string_view::npos) continue;
        const std::string_view value = trim(one.substr(equals + 1));
        if (!good_value(value)) return bad("ill-formed parameter value");
        param.value.emplace(value);
    }
    return params;
}

const Params::Param* Params::find(std::string_view name) const {
    const auto it =
        std::find_if(list_.begin(), list_.end(), [&](const Param& p) { return iequals(p.name, name); });
    return it == list_.end() ? nullptr : &*it;
}

std::optional<std::string_view> Params::get(std::string_view name) const {
    const Param* param = find(name);
    if (param == nullptr) return std::nullopt;
    return param->value ? std::string_view(*param->value) : std::string_view{};
}

void Params::set(std::string_view name, std::optional<std::string> value) {
    const auto it =
        std::find_if(list_.begin(), list_.end(), [&](const Param& p) { return iequals(p.name, name); });
    if (it != list_.end())
        it->value = std::move(value);
    else
        list_.push_back({std::string(name), std::move(value)});
}

void Params::erase(std::string_view name) {
    std::erase_if(list_, [&](const Param& p) { return iequals(p.name, name); });
}

void Params::erase_prefix(std::string_view prefix) {
    std::erase_if(list_, [&](const Param& p) { return istarts_with(p.name, prefix); });
}

std::string Params::str() const {
    std::string out;
    for (const Param& param : list_) {
        out += ';';
        out += param.name;
        if (param.value) (out += '=') += *param.value;
    }
    return out;
}

} // namespace wakeline::sip

// SPDX-License-Identifier: Apache-2.0
#include "sip/params.h"

#include <algorithm>

#include "base/text.h"
#include "sip/grammar.h"
#include "sip/parsed.h"

namespace wakeline::sip {

namespace {

constexpr std::size_t kMostParams = 100; // looking one up is linear

bool good_value(std::string_view value) {
    return value.starts_with('"') ? grammar::quoted_length(value) == value.size()
                                  : grammar::is_plain_value(value);
}

void append(std::string& text, std::string_view name, std::optional<std::string_view> value) {
    text.append(1, ';').append(name);
    if (value) text.append(1, '=').append(*value);
}

} // namespace

Result<Params> Params::parse(std::string_view text) { return parsed<Params>(text); }

std::string_view Params::read(std::string_view text) {
    text_.clear();
    text = trim(text);
    text_.reserve(text.size());
    for (std::size_t count = 0; !text.empty(); ++count) {
        if (text.front() != ';') return "a parameter must follow ';'";
        text.remove_prefix(1);
        const auto end = grammar::find_outside_quotes(text, ';');
        const std::string_view one = trim(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end);

        if (count == kMostParams) return "too many parameters";
        const auto equals = one.find('=');
        const std::string_view name = trim(one.substr(0, equals));
        if (!grammar::is_param_name(name)) return "empty or ill-formed parameter name";
        std::optional<std::string_view> value;
        if (equals != std::string_view::npos && !good_value(*(value = trim(one.substr(equals + 1)))))
            return "ill-formed parameter value";
        append(text_, name, value);
    }
    return {};
}

std::optional<Params::Param> Params::next(std::string_view& rest) {
    if (rest.empty()) return std::nullopt;
    rest.remove_prefix(1);
    const auto end = std::min(grammar::find_outside_quotes(rest, ';'), rest.size());
    const std::string_view one = rest.substr(0, end);
    rest.remove_prefix(end);
    const auto equals = one.find('=');
    if (equals == std::string_view::npos) return Param{one, std::nullopt};
    return Param{one.substr(0, equals), one.substr(equals + 1)};
}

std::optional<Params::Param> Params::find(std::string_view name) const {
    for (std::string_view rest = text_; const auto param = next(rest);)
        if (iequals(param->name, name)) return param;
    return std::nullopt;
}

std::optional<std::string_view> Params::get(std::string_view name) const {
    const auto param = find(name);
    if (!param) return std::nullopt;
    return param->value.value_or(std::string_view{});
}

void Params::set(std::string_view name, std::optional<std::string_view> value) {
    const auto old = find(name);
    if (!old) return append(text_, name, value);
    std::string changed;
    bool written = false;
    for (std::string_view rest = text_; const auto param = next(rest);) {
        const bool here = !written && iequals(param->name, name);
        append(changed, param->name, here ? value : param->value);
        written = written || here;
    }
    text_ = std::move(changed);
}

template <class Unwanted>
void Params::erase_if(Unwanted unwanted) {
    if (text_.empty()) return;
    std::string kept;
    for (std::string_view rest = text_; const auto param = next(rest);)
        if (!unwanted(param->name)) append(kept, param->name, param->value);
    text_ = std::move(kept);
}

void Params::erase(std::string_view name) {
    erase_if([&](std::string_view one) { return iequals(one, name); });
}

void Params::erase_prefix(std::string_view prefix) {
    erase_if([&](std::string_view one) { return istarts_with(one, prefix); });
}

} // namespace wakeline::sip

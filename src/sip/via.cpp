// SPDX-License-Identifier: Apache-2.0
#include "sip/via.h"

#include <algorithm>

#include "base/text.h"
#include "sip/grammar.h"
#include "sip/parsed.h"

namespace wakeline::sip {

namespace {

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

void make_upper(std::string& text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
}

/// Takes "name / " off the front; spaces around the slash are allowed.
std::string_view take_until_slash(std::string_view& text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return {};
    const std::string_view before = trim(text.substr(0, slash));
    text = trim(text.substr(slash + 1));
    return before;
}

} // namespace

Result<Via> Via::parse(std::string_view text) { return parsed<Via>(text); }

std::string_view Via::read(std::string_view text) {
    if (!iequals(take_until_slash(text), "SIP")) return "a Via that is not of SIP";
    if (take_until_slash(text) != "2.0") return "a Via of another version than 2.0";
    const auto gap = static_cast<std::size_t>(std::ranges::find_if(text, is_space) - text.begin());
    transport = text.substr(0, gap);
    if (gap == text.size() || !grammar::is_token(transport)) return "a Via without transport";
    make_upper(transport);

    const std::string_view rest = trim(text.substr(gap));
    const auto semicolon = rest.find(';');
    std::string_view sent_by = trim(rest.substr(0, semicolon));
    std::string without_spaces;
    if (std::ranges::any_of(sent_by, is_space)) {
        without_spaces = sent_by; // RFC 3261 25.1: COLON, so spaces around it are allowed
        std::erase_if(without_spaces, is_space);
        sent_by = without_spaces;
    }
    std::string_view name;
    if (!grammar::split_host_port(sent_by, name, port)) return "a Via without a valid host and port";
    host = name;
    if (semicolon == std::string_view::npos) return {};
    const auto why = params.read(rest.substr(semicolon));
    branch = params.get("branch").value_or("");
    return why;
}

std::string Via::str() const {
    std::string out = "SIP/2.0/" + transport + ' ' + host;
    if (port != 0) (out += ':') += std::to_string(port);
    return out += params.str();
}

} // namespace wakeline::sip

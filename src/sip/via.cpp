// SPDX-License-Identifier: Apache-2.0
#include "sip/via.h"

#include <algorithm>

#include "base/text.h"
#include "sip/grammar.h"

namespace wakeline::sip {

namespace {

Error bad(const char* why) { return {ErrorCode::InvalidInput, why}; }

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
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

Result<Via> Via::parse(std::string_view text) {
    Via via;
    if (!iequals(take_until_slash(text), "SIP")) return bad("a Via that is not of SIP");
    if (take_until_slash(text) != "2.0") return bad("a Via of another version than 2.0");
    const auto gap = text.find_first_of(" \t\r\n");
    const std::string_view transport = text.substr(0, gap);
    if (gap == std::string_view::npos || !grammar::is_token(transport)) return bad("a Via without transport");
    via.transport = upper(transport);

    const std::string_view rest = trim(text.substr(gap));
    const auto semicolon = rest.find(';');
    std::string sent_by(trim(rest.substr(0, semicolon)));
    // RFC 3261 25.1: COLON, so spaces around it are allowed.
    std::erase_if(sent_by, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    std::string_view host;
    if (!grammar::split_host_port(sent_by, host, via.port)) return bad("a Via without a valid host and port");
    via.host = host;
    if (semicolon == std::string_view::npos) return via;
    auto params = Params::parse(rest.substr(semicolon));
    if (!params) return params.error();
    via.params = std::move(*params);
    via.branch = via.params.get("branch").value_or("");
    return via;
}

std::string Via::str() const {
    std::string out = "SIP/2.0/" + transport + ' ' + host;
    if (port != 0) (out += ':') += std::to_string(port);
    return out += params.str();
}

} // namespace wakeline::sip

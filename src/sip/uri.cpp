// SPDX-License-Identifier: Apache-2.0
#include "sip/uri.h"

#include <algorithm>

#include "base/text.h"
#include "sip/grammar.h"

namespace wakeline::sip {

namespace {

Error bad(const char* why) { return {ErrorCode::InvalidInput, why}; }

bool is_scheme(std::string_view text) {
    const auto letter = [](char c) { return lower(c) >= 'a' && lower(c) <= 'z'; };
    return !text.empty() && letter(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    });
}

/// Takes what follows `separator` off the end of `text`.
std::string_view cut_after(std::string_view& text, char separator) {
    const auto at = text.find(separator);
    if (at == std::string_view::npos) return {};
    const std::string_view tail = text.substr(at + 1);
    text = text.substr(0, at);
    return tail;
}

/// Parameters of a URI: as in headers, but nothing is quoted and nothing can be.
Status parse_params(std::string_view& text, Params& into) {
    const auto at = text.find(';');
    if (at == std::string_view::npos) return Done{};
    auto params = Params::parse(text.substr(at));
    if (!params) return params.error();
    into = std::move(*params);
    text = text.substr(0, at);
    return Done{};
}

Status parse_sip(std::string_view rest, Uri& uri) {
    // '@' has no other place in a SIP URI than after the user part (RFC 3261 25.1), and a ';' or '?' before
    // it belongs to the user.
    if (const auto at = rest.find('@'); at != std::string_view::npos) {
        std::string_view user = rest.substr(0, at);
        rest.remove_prefix(at + 1);
        if (rest.find('@') != std::string_view::npos) return bad("more than one '@' in a URI");
        uri.password = cut_after(user, ':');
        if (user.empty()) return bad("empty user part in a URI");
        uri.user = user;
    }
    uri.headers = cut_after(rest, '?');
    if (auto params = parse_params(rest, uri.params); !params) return params;
    std::string_view host;
    if (!grammar::split_host_port(rest, host, uri.port)) return bad("no valid host and port in a URI");
    uri.host = lower(host);
    return Done{};
}

Status parse_tel(std::string_view rest, Uri& uri) {
    if (auto params = parse_params(rest, uri.params); !params) return params;
    constexpr std::string_view digits = "0123456789ABCDEFabcdef*#-.()";
    const std::string_view number = rest.substr(rest.starts_with('+') ? 1 : 0);
    if (number.empty() || number.find_first_not_of(digits) != std::string_view::npos)
        return bad("no valid number in a tel URI");
    uri.user = rest;
    return Done{};
}

std::string decoded(std::string_view text) { return percent_decode(text).value_or(std::string(text)); }

/// RFC 3261 19.1.4: these never match a URI without them; all others present in one URI alone are ignored.
constexpr std::string_view kTelling[] = {"user", "ttl", "method", "maddr", "transport"};

bool params_match(const Params& a, const Params& b) {
    for (const auto& name : kTelling)
        if (a.has(name) != b.has(name)) return false;
    return std::ranges::all_of(a.list(), [&](const Params::Param& param) {
        const auto other = b.get(param.name);
        return !other || iequals(decoded(*other), decoded(*a.get(param.name))); // the first, if there are two
    });
}

std::vector<std::string> sorted_headers(std::string_view headers) {
    std::vector<std::string> sorted;
    for (std::string_view one : split(headers, '&')) {
        const std::string_view value = cut_after(one, '=');
        sorted.push_back(lower(decoded(one)) + '=' + decoded(value));
    }
    std::ranges::sort(sorted);
    return sorted;
}

} // namespace

Result<Uri> Uri::parse(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon)))
        return bad("a URI without scheme");
    if (!grammar::is_uri_text(text)) return bad("a character in a URI that must be escaped");
    Uri uri;
    uri.scheme = lower(text.substr(0, colon));
    const std::string_view rest = text.substr(colon + 1);
    if (rest.empty()) return bad("nothing after the scheme of a URI");
    Status parsed = Done{};
    if (uri.is_sip())
        parsed = parse_sip(rest, uri);
    else if (uri.scheme == "tel")
        parsed = parse_tel(rest, uri);
    else
        uri.host = rest;
    if (!parsed) return parsed.error();
    return uri;
}

std::string Uri::str() const {
    std::string out = scheme + ':' + user;
    if (is_sip()) {
        if (!password.empty()) (out += ':') += password;
        if (!user.empty()) out += '@';
    }
    out += hostport();
    if (!params.empty()) out += params.str();
    if (!headers.empty()) (out += '?') += headers;
    return out;
}

std::string Uri::decoded_user() const { return decoded(user); }

std::string Uri::hostport() const { return port == 0 ? host : host + ':' + std::to_string(port); }

std::string Uri::aor() const {
    if (!is_sip()) return scheme + ':' + user + host;
    return user.empty() ? "sip:" + host : "sip:" + decoded_user() + '@' + host;
}

bool Uri::equivalent(const Uri& other) const {
    return scheme == other.scheme && decoded_user() == other.decoded_user() &&
           decoded(password) == decoded(other.password) && iequals(host, other.host) && port == other.port &&
           params_match(params, other.params) && sorted_headers(headers) == sorted_headers(other.headers);
}

} // namespace wakeline::sip

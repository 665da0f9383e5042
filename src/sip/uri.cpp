// SPDX-License-Identifier: Apache-2.0
#include "sip/uri.h"

#include <algorithm>

#include "base/text.h"
#include "sip/grammar.h"
#include "sip/parsed.h"

namespace wakeline::sip {

namespace {

using Why = std::string_view; // empty: all is well

void make_lower(std::string& text) {
    for (char& c : text)
        c = lower(c);
}

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
Why read_params(std::string_view& text, Params& into) {
    const auto at = text.find(';');
    if (at == std::string_view::npos) return {};
    const Why why = into.read(text.substr(at));
    text = text.substr(0, at);
    return why;
}

Why read_sip(std::string_view rest, Uri& uri) {
    // '@' has no other place in a SIP URI than after the user part (RFC 3261 25.1), and a ';' or '?' before
    // it belongs to the user.
    if (const auto at = rest.find('@'); at != std::string_view::npos) {
        std::string_view user = rest.substr(0, at);
        rest.remove_prefix(at + 1);
        if (rest.find('@') != std::string_view::npos) return "more than one '@' in a URI";
        if (const auto password = cut_after(user, ':'); !password.empty()) uri.password = password;
        if (user.empty()) return "empty user part in a URI";
        uri.user = user;
    }
    if (const auto headers = cut_after(rest, '?'); !headers.empty()) uri.headers = headers;
    if (const Why why = read_params(rest, uri.params); !why.empty()) return why;
    std::string_view host;
    if (!grammar::split_host_port(rest, host, uri.port)) return "no valid host and port in a URI";
    uri.host = host;
    make_lower(uri.host);
    return {};
}

Why read_tel(std::string_view rest, Uri& uri) {
    if (const Why why = read_params(rest, uri.params); !why.empty()) return why;
    constexpr std::string_view digits = "0123456789ABCDEFabcdef*#-.()";
    const std::string_view number = rest.substr(rest.starts_with('+') ? 1 : 0);
    if (number.empty() || number.find_first_not_of(digits) != std::string_view::npos)
        return "no valid number in a tel URI";
    uri.user = rest;
    return {};
}

std::string decoded(std::string_view text) { return percent_decode(text).value_or(std::string(text)); }

/// RFC 3261 19.1.4: these never match a URI without them; all others present in one URI alone are ignored.
constexpr std::string_view kTelling[] = {"user", "ttl", "method", "maddr", "transport"};

bool params_match(const Params& a, const Params& b) {
    for (const auto& name : kTelling)
        if (a.has(name) != b.has(name)) return false;
    for (std::string_view rest = a.str(); const auto param = Params::next(rest);) {
        const auto other = b.get(param->name);
        if (other && !iequals(decoded(*other), decoded(*a.get(param->name))))
            return false; // the first of two
    }
    return true;
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

Result<Uri> Uri::parse(std::string_view text) { return parsed<Uri>(text); }

std::string_view Uri::read(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon))) return "a URI without scheme";
    if (!grammar::is_uri_text(text)) return "a character in a URI that must be escaped";
    if (text.substr(0, colon) != scheme) {
        scheme = text.substr(0, colon);
        make_lower(scheme);
    }
    const std::string_view rest = text.substr(colon + 1);
    if (rest.empty()) return "nothing after the scheme of a URI";
    if (is_sip()) return read_sip(rest, *this);
    if (scheme == "tel") return read_tel(rest, *this);
    host = rest;
    return {};
}

std::string Uri::str() const {
    std::string out;
    append_to(out);
    return out;
}

void Uri::append_to(std::string& out) const {
    constexpr std::size_t kSeparatorsAndPort = 9;
    out.reserve(out.size() + scheme.size() + user.size() + password.size() + host.size() +
                params.str().size() + headers.size() + kSeparatorsAndPort);
    (out += scheme) += ':';
    out += user;
    if (is_sip()) {
        if (!password.empty()) (out += ':') += password;
        if (!user.empty()) out += '@';
    }
    out += host;
    if (port != 0) (out += ':') += std::to_string(port);
    out += params.str();
    if (!headers.empty()) (out += '?') += headers;
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

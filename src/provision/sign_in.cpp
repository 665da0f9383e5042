// SPDX-License-Identifier: Apache-2.0
#include "provision/sign_in.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"

namespace wakeline::provision {

namespace {

constexpr std::string_view kHeader = "oscmob://account_details?", kCall = "osmo://";

struct Scheme {
    std::string_view prefix;
    std::uint16_t port;
};
constexpr std::array kSchemes{Scheme{"https://", 8443}, Scheme{"http://", 8081}};
constexpr std::uint16_t kSipsPort = 5061;

Error wrong(std::string what) { return {ErrorCode::InvalidInput, std::move(what)}; }

/// These three alone; the app takes all else as it is, @ and : and / too.
std::string escape(std::string_view value) {
    std::string out;
    for (const char c : value)
        switch (c) {
        case '%': out += "%25"; break;
        case '&': out += "%26"; break;
        case '+': out += "%2B"; break;
        default: out += c;
        }
    return out;
}

bool is_plain(std::string_view text) {
    return std::ranges::none_of(text, [](unsigned char c) { return c <= ' ' || c == 0x7f; });
}

bool is_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// "host:port" in two; an IPv6 address stands in brackets.
std::optional<std::pair<std::string_view, std::uint16_t>> host_and_port(std::string_view authority) {
    const auto colon = authority.rfind(':');
    if (colon == std::string_view::npos || authority.find(']', colon) != std::string_view::npos)
        return std::nullopt;
    const auto port = parse_unsigned<std::uint16_t>(authority.substr(colon + 1));
    if (!port || *port == 0) return std::nullopt;
    return std::pair(authority.substr(0, colon), *port);
}

} // namespace

Result<std::string> qr_text(const SignIn& sign_in) {
    if (sign_in.username.empty()) return wrong("the user's name is missing");
    if (sign_in.server_url.empty()) return wrong("the server's address is missing");
    for (const std::string* text : {&sign_in.username, &sign_in.server_url, &sign_in.cell})
        if (!is_plain(*text)) return wrong("\"" + *text + "\" has a space or a control character in it");
    std::string out(kHeader);
    (out += "username=") += escape(sign_in.username);
    (out += "&server_url=") += escape(sign_in.server_url);
    if (!sign_in.cell.empty()) (out += "&cell=") += escape(sign_in.cell);
    return out;
}

std::string server_url(std::string_view host, std::uint16_t port) {
    return std::string(host) + (port == kSipsPort ? "" : ':' + std::to_string(port));
}

Result<std::string> normal_url(std::string_view given) {
    std::string_view prefix, rest = given;
    std::uint16_t usual = kSipsPort;
    for (const Scheme& scheme : kSchemes)
        if (istarts_with(given, scheme.prefix)) {
            prefix = scheme.prefix;
            usual = scheme.port;
            rest.remove_prefix(prefix.size());
        }
    if (rest.find("://") != std::string_view::npos)
        return wrong("the server's address must be HOST, HOST:PORT, https://HOST or http://HOST, not \"" +
                     std::string(given) + '"');
    const std::string_view authority = rest.substr(0, rest.find('/')), path = rest.substr(authority.size());
    if (authority.empty() || !is_plain(given)) return wrong("\"" + std::string(given) + "\" has no host");
    const auto parts = host_and_port(authority);
    const bool needless = parts && parts->second == usual;
    return std::string(prefix) + std::string(needless ? parts->first : authority) + std::string(path);
}

std::vector<std::string> warnings(const SignIn& sign_in) {
    std::vector<std::string> out;
    if (istarts_with(sign_in.server_url, "http://"))
        out.emplace_back("http:// sends the password where everybody on the way can read it: use https://");
    if (!sign_in.cell.empty() && !sign_in.cell.starts_with('+'))
        out.emplace_back("the cell number has no + and country code: it is understood at home alone");
    return out;
}

std::vector<std::string> check_call_url(std::string_view url) {
    if (!url.starts_with(kCall)) return {"it must begin with " + std::string(kCall)};
    const std::string_view rest = url.substr(kCall.size());
    const std::string_view number = rest.substr(0, rest.find(','));
    std::vector<std::string> out;
    if (!is_digits(number.starts_with('+') ? number.substr(1) : number))
        out.push_back("\"" + std::string(number) + "\" is no number: digits, with + before them or not");
    std::string_view post_dial = rest.substr(number.size());
    if (post_dial.empty()) return out;
    post_dial.remove_prefix(std::min(post_dial.find_first_not_of(','), post_dial.size()));
    if (!post_dial.ends_with('#'))
        out.emplace_back("warning: what is dialled after the answer should end with #");
    else
        post_dial.remove_suffix(1);
    if (!is_digits(post_dial)) out.emplace_back("what is dialled after the answer must be digits");
    return out;
}

} // namespace wakeline::provision

// SPDX-License-Identifier: Apache-2.0
#include "config/values.h"

#include <charconv>

#include "base/duration.h"
#include "base/text.h"
#include "net/socket_address.h"

namespace wakeline::config {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

bool letter_or_digit(char c) { return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9'); }

} // namespace

std::optional<bool> Kind<bool>::parse(std::string_view text) {
    if (text == "true") return true;
    if (text == "false") return false;
    return std::nullopt;
}

std::optional<unsigned> Kind<unsigned>::parse(std::string_view text) {
    return parse_unsigned<unsigned>(text);
}

std::optional<milliseconds> Kind<milliseconds>::parse(std::string_view text) { return parse_duration(text); }

std::string Kind<milliseconds>::show(milliseconds value) { return show_duration(value); }

std::optional<microseconds> Kind<microseconds>::parse(std::string_view text) {
    if (!text.ends_with("us")) return Kind<milliseconds>::parse(text);
    const auto count = parse_unsigned<unsigned>(text.substr(0, text.size() - 2));
    return count ? std::optional(microseconds(*count)) : std::nullopt;
}

std::string Kind<microseconds>::show(microseconds value) {
    if (value % milliseconds(1) != microseconds(0)) return std::to_string(value.count()) + "us";
    return Kind<milliseconds>::show(std::chrono::duration_cast<milliseconds>(value));
}

bool is_ip_address(const std::string& text) { return bool(net::SocketAddress::parse(text, 0)); }

bool is_ip_and_port(const std::string& text) {
    const auto address = net::SocketAddress::parse(text);
    return address && address->port() != 0;
}

bool is_host(const std::string& text) {
    if (net::SocketAddress::parse(text, 0)) return true;
    if (text.empty() || text.size() > 253 || text.front() == '.' || text.front() == '-') return false;
    return std::ranges::all_of(text, [](char c) { return letter_or_digit(c) || c == '.' || c == '-'; });
}

namespace {

/// HOST or HOST:PORT.
bool is_authority(std::string_view text) {
    if (text.empty() || text.find_first_of("/?#@ ") != std::string_view::npos) return false;
    if (net::SocketAddress::parse(text)) return true;
    const auto colon = text.find(':');
    if (colon != std::string_view::npos && !parse_unsigned<std::uint16_t>(text.substr(colon + 1)))
        return false;
    return is_host(std::string(text.substr(0, colon)));
}

bool is_loopback_authority(std::string_view text) {
    const std::string_view host = text.substr(0, text.rfind(':'));
    const auto address = net::SocketAddress::parse(text);
    return host == "localhost" || text == "127.0.0.1" || (address && address->is_loopback());
}

} // namespace

bool is_https_server(const std::string& text) {
    constexpr std::string_view scheme = "https://";
    return text.starts_with(scheme) && is_authority(std::string_view(text).substr(scheme.size()));
}

bool is_http_proxy(const std::string& text) {
    constexpr std::string_view scheme = "http://";
    const std::string_view rest = std::string_view(text).substr(std::min(scheme.size(), text.size()));
    return text.starts_with(scheme) && rest.find(':') != rest.npos && is_authority(rest);
}

bool is_proxy_or_off(const std::string& text) { return text == "off" || is_http_proxy(text); }

bool is_webhook_url(const std::string& text) {
    const auto scheme = text.find("://");
    if (scheme == std::string::npos) return false;
    const std::string_view rest = std::string_view(text).substr(scheme + 3);
    const std::string_view authority = rest.substr(0, rest.find('/'));
    if (!is_authority(authority) || text.find_first_of(" #\"") != std::string::npos) return false;
    return text.starts_with("https://") || (text.starts_with("http://") && is_loopback_authority(authority));
}

bool is_port_range(const std::string& text) {
    if (text == "shared") return true;
    const auto parts = split(text, '-');
    if (parts.size() != 2) return false;
    const auto low = parse_unsigned<std::uint16_t>(parts[0]), high = parse_unsigned<std::uint16_t>(parts[1]);
    return low && high && *low >= 1'024 && *low < *high;
}

bool is_loopback_or_off(const std::string& text) {
    if (text == "off") return true;
    const auto address = net::SocketAddress::parse(text);
    return address && address->is_loopback() && address->port() != 0;
}

bool is_absolute_path(const std::string& text) { return text.starts_with('/') && text.size() < 4'096; }

// sockaddr_un holds 108 octets with the closing NUL.
bool is_socket_path(const std::string& text) { return text.starts_with('/') && text.size() <= 107; }

bool is_apple_id(const std::string& text) {
    return text.size() == 10 && std::ranges::all_of(text, letter_or_digit);
}

bool is_tls_version(const std::string& text) {
    return text == "1.0" || text == "1.1" || text == "1.2" || text == "1.3";
}

bool is_session_timer(const std::chrono::milliseconds& time) {
    return time.count() == 0 || (time >= std::chrono::seconds(90) && time <= std::chrono::hours(24));
}

bool is_even_port(const unsigned& port) { return port >= 1'024 && port <= 65'534 && port % 2 == 0; }

} // namespace wakeline::config

// SPDX-License-Identifier: Apache-2.0
#include "sip/grammar.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdint>

#include "base/text.h"

namespace wakeline::sip::grammar {

namespace {

enum Class : std::uint8_t { Token = 1, ParamName = 2, UriText = 4, HostName = 8, PlainValue = 16 };

constexpr bool alphanumeric(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> classes{};
    for (int c = 0; c < 256; ++c) {
        const auto in = [c](std::string_view set) {
            return c < 128 && set.find(static_cast<char>(c)) != std::string_view::npos;
        };
        unsigned mask = 0;
        if (alphanumeric(c) || in("-.!%*_+`'~")) mask |= Token | ParamName;
        if (in("[]/:&$()")) mask |= ParamName;
        if (c > 0x20 && c != 0x7f && !in("<>\"")) mask |= UriText;
        if ((mask & UriText) != 0 && !in(",;")) mask |= PlainValue;
        if (alphanumeric(c) || in("-._")) mask |= HostName;
        classes[static_cast<std::size_t>(c)] = static_cast<std::uint8_t>(mask);
    }
    return classes;
}

constexpr auto kClasses = make_classes();

bool all(std::string_view text, Class wanted) noexcept {
    unsigned in_each = wanted;
    for (const char c : text)
        in_each &= kClasses[static_cast<unsigned char>(c)];
    return in_each != 0;
}

bool is_ipv6(std::string_view text) noexcept {
    std::array<char, INET6_ADDRSTRLEN> copy{};
    if (text.size() >= copy.size() || text.find('\0') != std::string_view::npos) return false;
    std::copy(text.begin(), text.end(), copy.begin());
    in6_addr address{};
    return inet_pton(AF_INET6, copy.data(), &address) == 1;
}

} // namespace

bool is_token(std::string_view text) noexcept { return !text.empty() && all(text, Token); }
bool is_param_name(std::string_view text) noexcept { return !text.empty() && all(text, ParamName); }
bool is_uri_text(std::string_view text) noexcept { return all(text, UriText); }

bool is_plain_value(std::string_view text) noexcept { return all(text, PlainValue); }

bool is_host(std::string_view text) noexcept {
    if (text.size() > 2 && text.front() == '[' && text.back() == ']')
        return is_ipv6(text.substr(1, text.size() - 2));
    return !text.empty() && all(text, HostName);
}

std::size_t quoted_length(std::string_view text) noexcept {
    if (text.empty() || text.front() != '"') return 0;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            return i + 1;
    }
    return 0;
}

std::string unquote(std::string_view text) {
    if (text.size() < 2 || quoted_length(text) != text.size()) return std::string(text);
    if (text.find('\\') == std::string_view::npos) return std::string(text.substr(1, text.size() - 2));
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        if (text[i] == '\\') ++i;
        out += text[i];
    }
    return out;
}

std::string quote(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out += '"';
}

std::size_t find_outside_quotes(std::string_view text, char c) noexcept {
    std::size_t from = 0;
    while (true) {
        const auto at = text.find(c, from);
        const auto quote = text.substr(0, at).find('"', from);
        if (quote == std::string_view::npos) return at; // as nearly always
        const std::size_t quoted = quoted_length(text.substr(quote));
        if (quoted == 0) return std::string_view::npos; // does not end: the rest is one piece
        from = quote + quoted;
    }
}

namespace {

/// Where the first element of a comma list ends.
std::size_t element_end(std::string_view text) noexcept {
    if (text.find(',') == std::string_view::npos) return text.size(); // as nearly all are
    bool in_angles = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"' && !in_angles) {
            const std::size_t quoted = quoted_length(text.substr(i));
            if (quoted == 0) break; // does not end: the rest is one element
            i += quoted - 1;
        } else if (c == '<') {
            in_angles = true;
        } else if (c == '>') {
            in_angles = false;
        } else if (c == ',' && !in_angles) {
            return i;
        }
    }
    return text.size();
}

} // namespace

std::string_view next_of_list(std::string_view& rest) noexcept {
    while (!rest.empty()) {
        const std::size_t end = element_end(rest);
        const std::string_view element = trim(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!element.empty()) return element;
    }
    return {};
}

std::vector<std::string_view> split_list(std::string_view text) {
    std::vector<std::string_view> elements;
    for (auto element = next_of_list(text); !element.empty(); element = next_of_list(text))
        elements.push_back(element);
    return elements;
}

bool split_host_port(std::string_view text, std::string_view& host, unsigned short& port) noexcept {
    const auto bracket = text.empty() || text.front() != '[' ? 0 : text.find(']');
    if (bracket == std::string_view::npos) return false;
    const auto colon = text.find(':', bracket);
    host = text.substr(0, colon);
    port = 0;
    if (!is_host(host)) return false;
    if (colon == std::string_view::npos) return true;
    const auto number = parse_unsigned<unsigned short>(text.substr(colon + 1));
    port = number.value_or(0);
    return port != 0;
}

} // namespace wakeline::sip::grammar
